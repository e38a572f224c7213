namespace MvStore.Reading;

/// <summary>A portion of history.</summary>
/// <param name="Rows">Keys ascending, per key the newest version first.</param>
/// <param name="Next">Where the next portion begins; null at the end.</param>
internal readonly record struct HistoryChunk(IReadOnlyList<TierRow> Rows, TierPosition? Next);
