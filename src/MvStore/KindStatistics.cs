namespace MvStore;

/// <summary>What memory holds of one kind of keys.</summary>
/// <param name="Versions">Versions in memory.</param>
/// <param name="Bytes">Bytes of memory that its keys, versions and chains take, without the indexes.</param>
public readonly record struct KindStatistics(long Versions, long Bytes);
