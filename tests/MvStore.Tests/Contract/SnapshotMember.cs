namespace MvStore.Tests.Contract;

/// <summary>One call of a member of a snapshot.</summary>
internal sealed record SnapshotMember(string Name, Func<ISnapshot, Task> Call)
{
    public override string ToString() => Name;
}
