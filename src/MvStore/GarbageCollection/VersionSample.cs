namespace MvStore.GarbageCollection;

/// <summary>By a moment a version was visible.</summary>
/// <param name="At">The moment.</param>
/// <param name="Version">The version.</param>
internal readonly record struct VersionSample(VersionMoment At, CommitVersion Version);
