namespace MvStore;

/// <summary>An open snapshot, as listed (contract C2).</summary>
/// <param name="Owner">The name given when it was opened.</param>
/// <param name="Version">The version it reads at.</param>
/// <param name="OpenedAt">When it was opened.</param>
public sealed record SnapshotInfo(string Owner, CommitVersion Version, DateTimeOffset OpenedAt)
{
    /// <summary>Its age limit; null for none.</summary>
    public TimeSpan? MaxAge { get; init; }
}
