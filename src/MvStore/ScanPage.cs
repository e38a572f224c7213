namespace MvStore;

/// <summary>One page of a scan.</summary>
/// <param name="Rows">The rows, in the order of the scan. May be empty although more follow (contract B8).</param>
/// <param name="Next">Where the next page begins, or null at the end of the scan. The only sign of the end.</param>
public sealed record ScanPage(IReadOnlyList<VersionedRow> Rows, PageToken? Next);
