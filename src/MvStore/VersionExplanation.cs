namespace MvStore;

/// <summary>
/// The verdict of reclamation on one version of a key, going by everything both tiers have of it. Each tier applies the rule to what it has itself, which keeps
/// as much or more: <see cref="InMemory"/> and <see cref="Stored"/> tell what would happen to the copy there.
/// </summary>
/// <param name="Version">The version it was written at.</param>
/// <param name="Sequence">The publication that wrote it.</param>
/// <param name="Reason">Why it stays, or that it may go. Where several reasons hold, the first in the order of <see cref="RetentionReason"/>.</param>
public sealed record VersionExplanation(CommitVersion Version, ulong Sequence, RetentionReason Reason)
{
    /// <summary>Whether nobody needs it.</summary>
    public bool IsReclaimable => Reason == RetentionReason.Reclaimable;

    /// <summary>Whether it deletes the key.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>Bytes of the key and the value.</summary>
    public long Bytes { get; init; }

    /// <summary>The verdict on the copy in memory; null if there is none.</summary>
    public RetentionReason? InMemory { get; init; }

    /// <summary>The verdict on the copy in the persistent tier; null if there is none.</summary>
    public RetentionReason? Stored { get; init; }

    /// <summary>The open snapshots and running scans that see it, whatever the reason it stays.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<SnapshotInfo> Pins { get; init; } = [];
}
