namespace MvStore;

/// <summary>
/// What one snapshot or running scan keeps alone: what the next run of reclamation would remove as well if it were closed now (contract C2). What
/// others see too counts for none of them. A version may lie in both tiers, and counts in each.
/// </summary>
/// <param name="InMemory">In memory.</param>
/// <param name="Stored">In the persistent tier.</param>
/// <param name="MeasuredAt">When that was found out.</param>
public sealed record SnapshotCost(VersionTotals InMemory, VersionTotals Stored, DateTimeOffset MeasuredAt);
