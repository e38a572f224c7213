namespace MvStore.Reliability.Scripts;

/// <summary>What is done to a store, and how the store is set up.</summary>
/// <param name="Name">How to find it again: a name, or a seed.</param>
/// <param name="Settings">The store's.</param>
/// <param name="Steps">What is done, one after the other. The store is open before and closed behind.</param>
internal sealed record Script(string Name, ScriptSettings Settings, IReadOnlyList<Step> Steps)
{
    public override string ToString() => Name;
}
