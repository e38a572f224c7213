namespace MvStore.Tests.Contract;

/// <summary>One call of each member of a store, for clauses that hold for all of them.</summary>
internal sealed record StoreMember(string Name, Func<IMultiVersionStore, Task> Call)
{
    public override string ToString() => Name;
}
