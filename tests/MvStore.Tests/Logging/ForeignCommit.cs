namespace MvStore.Tests.Logging;

/// <summary>A commit as <see cref="ForeignLogReader"/> found it.</summary>
internal sealed record ForeignCommit(ulong Sequence, ulong Version, IReadOnlyList<Delta> Rows)
{
    public override string ToString() => LogText.Of(Sequence, Version, Rows);
}
