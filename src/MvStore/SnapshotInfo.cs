namespace MvStore;

/// <summary>An open snapshot, or a scan that is running, as listed (contract C2).</summary>
/// <param name="Owner">The name given when it was opened.</param>
/// <param name="Version">The version it reads at.</param>
/// <param name="OpenedAt">When it was opened.</param>
public sealed record SnapshotInfo(string Owner, CommitVersion Version, DateTimeOffset OpenedAt)
{
    /// <summary>A number of its own, as long as the store is open.</summary>
    public long Id { get; init; }

    /// <summary>Whether it is not a snapshot but a scan that is running, whose owner is "(read)".</summary>
    public bool IsRead { get; init; }

    /// <summary>Whether it is a lease, whose name is the owner; see <see cref="IMultiVersionLeases"/>.</summary>
    public bool IsLease { get; init; }

    /// <summary>The only keys it protects; null for all.</summary>
    public KeyRange? Scope { get; init; }

    /// <summary>The bytes that it may keep alone; null for any number.</summary>
    public long? BudgetBytes { get; init; }

    /// <summary>Where it was opened: a source file and line, or a stack; null if nobody said.</summary>
    public string? CallSite { get; init; }

    /// <summary>What it alone kept when that was last found out; null as long as it was not. Ask <see cref="IMultiVersionInspection.PreviewReclamationAsync"/> for new figures.</summary>
    public SnapshotCost? Cost { get; init; }

    /// <summary>Its age limit; null for none.</summary>
    public TimeSpan? MaxAge { get; init; }
}
