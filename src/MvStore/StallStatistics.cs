namespace MvStore;

/// <summary>How often, and how long, commits waited for one reason since the store was opened (contract D5).</summary>
/// <param name="Count">Commits that waited and do not any more, however that ended.</param>
/// <param name="Refused">Commits that failed with <see cref="CapacityExceededException"/>: after their wait, or at once because they alone are too large.</param>
/// <param name="Waiting">Commits that wait now.</param>
/// <param name="Total">How long all those that do not wait any more waited, added up.</param>
/// <param name="Longest">How long the longest of them waited.</param>
public readonly record struct StallStatistics(long Count, long Refused, int Waiting, TimeSpan Total, TimeSpan Longest);
