namespace MvStore;

/// <summary>A request for a portion of a range.</summary>
/// <param name="Range">The keys.</param>
/// <param name="View">What can be seen.</param>
/// <param name="Mode">Which entries of a key.</param>
/// <param name="Direction">The order of keys; always forward in <see cref="TierScanMode.History"/>.</param>
/// <param name="MaxRows">The most entries to return, at least 1. Fewer is allowed.</param>
/// <param name="MaxExamined">
/// The most entries to look at, at least 1: an entry that the view cannot see costs as much as one that is returned, and there may be any
/// number of them, also of one key. The page ends there, inside a key if need be. Default: no limit.
/// </param>
/// <param name="After">
/// The <see cref="TierPage.Next"/> of an earlier page at the same view, mode and direction, whose key is in <paramref name="Range"/>: go on
/// behind it. The range may be another one. Null to begin at the first key.
/// </param>
public readonly record struct TierScan(
    KeyRange Range,
    TierView View,
    TierScanMode Mode,
    ScanDirection Direction,
    int MaxRows,
    int MaxExamined = int.MaxValue,
    TierPosition? After = null)
{
    /// <summary>
    /// How many bytes of keys and values are enough: the page ends with the row that reaches this number, so it holds one row at least. In
    /// addition to <see cref="MaxRows"/>.
    /// </summary>
    /// <value>Default <see cref="long.MaxValue"/>: any number. At least 1.</value>
    public long MaxBytes { get; init; } = long.MaxValue;
}
