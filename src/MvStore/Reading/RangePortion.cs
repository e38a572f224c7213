namespace MvStore.Reading;

/// <summary>A portion of a range at a view, from both tiers.</summary>
/// <param name="Rows">The newest visible entry of each key, tombstones included, in scan order.</param>
/// <param name="CoveredTo">The last key the portion speaks for; null when it reaches the end of the range.</param>
/// <param name="Examined">Entries looked at.</param>
internal readonly record struct RangePortion(IReadOnlyList<TierRow> Rows, ReadOnlyMemory<byte>? CoveredTo, int Examined);
