namespace MvStore.Diagnostics;

/// <summary>What instruments observe besides the statistics.</summary>
/// <param name="Statistics">What the store holds.</param>
/// <param name="OldestSnapshotAge">How long the oldest open snapshot has been open; zero without one.</param>
/// <param name="TierKeys">Keys that were looked up in the persistent tier so far.</param>
/// <param name="TierPages">Pages that were read from the persistent tier so far.</param>
internal readonly record struct StoreFigures(StoreStatistics Statistics, TimeSpan OldestSnapshotAge, long TierKeys, long TierPages);
