namespace MvStore.Reading;

/// <summary>A portion of a range at a view, from both tiers.</summary>
/// <param name="Rows">The newest visible entry of each key, tombstones included, in scan order.</param>
/// <param name="Next">How far the portion reaches; null when to the end of the range.</param>
/// <param name="Examined">Entries looked at.</param>
internal readonly record struct RangePortion(IReadOnlyList<TierRow> Rows, TierPosition? Next, int Examined);
