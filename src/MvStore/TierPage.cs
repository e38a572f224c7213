namespace MvStore;

/// <summary>A portion of a range.</summary>
/// <param name="Rows">The entries, in the order asked for.</param>
/// <param name="CoveredTo">
/// Null when the range is exhausted. Otherwise the key up to which, in scan direction and inclusive, every entry asked for is in
/// <paramref name="Rows"/> or was in an earlier portion; it may lie beyond the last row. In <see cref="TierScanMode.History"/> it is the
/// key of the last row, whose versions below that row may still follow.
/// </param>
public sealed record TierPage(IReadOnlyList<TierRow> Rows, ReadOnlyMemory<byte>? CoveredTo);
