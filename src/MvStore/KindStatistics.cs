namespace MvStore;

/// <summary>What memory holds of one kind of keys.</summary>
/// <param name="Versions">Versions in memory.</param>
/// <param name="Bytes">Bytes in memory as accounted.</param>
public readonly record struct KindStatistics(long Versions, long Bytes);
