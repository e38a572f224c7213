namespace MvStore;

/// <summary>A request for a portion of a range.</summary>
/// <param name="Range">The keys. On continuation the engine has already moved the bound it continues from.</param>
/// <param name="View">What can be seen.</param>
/// <param name="Mode">Which entries of a key.</param>
/// <param name="Direction">The order of keys; always forward in <see cref="TierScanMode.History"/>.</param>
/// <param name="MaxRows">The most entries to return, at least 1. Fewer is allowed.</param>
/// <param name="ResumeBelow">
/// In <see cref="TierScanMode.History"/>, when not null: of the first key of the range, which is then inclusive at its start, return only
/// versions below this one.
/// </param>
public readonly record struct TierScan(
    KeyRange Range,
    TierView View,
    TierScanMode Mode,
    ScanDirection Direction,
    int MaxRows,
    CommitVersion? ResumeBelow = null);
