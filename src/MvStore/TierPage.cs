namespace MvStore;

/// <summary>A portion of a range.</summary>
/// <param name="Rows">The entries, in the order asked for. May be empty although more follow.</param>
/// <param name="Next">
/// How far the scan has come, to go on behind in another call; null when the range is exhausted, the only sign of the end. It lies in the range
/// and behind where this call began. It may lie behind the last row, and inside a key that is partly done.
/// </param>
/// <param name="Examined">
/// Entries looked at, those in <paramref name="Rows"/> included; at most what was allowed. Entries that an index passed over are not counted.
/// </param>
public sealed record TierPage(IReadOnlyList<TierRow> Rows, TierPosition? Next, int Examined);
