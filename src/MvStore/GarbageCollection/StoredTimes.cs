namespace MvStore.GarbageCollection;

/// <summary>What is remembered of the times of versions, as it is stored.</summary>
/// <param name="TakenAt">When it was taken: not before any sample.</param>
/// <param name="Samples">Ascending in both, and each version once.</param>
internal sealed record StoredTimes(VersionMoment TakenAt, IReadOnlyList<VersionSample> Samples);
