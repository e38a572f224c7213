using Microsoft.Extensions.Logging;
using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>Opens the scans that show rows where they lie.</summary>
internal sealed class RowScans(
    IBufferReader buffer,
    TieredReader tiers,
    RangeReader ranges,
    HistoryReader history,
    PersistenceOptions options,
    ILogger logger)
{
    /// <summary>A scan of a range.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="pin">What can be seen.</param>
    /// <param name="pins">Where the pin is released with the scan; null when somebody else does.</param>
    /// <param name="holder">Who else holds the pin.</param>
    public RowScan Open(ScanRequest request, OpenPin pin, IPinRegistry? pins, object? holder)
        => new RangeScan(buffer, tiers, ranges, options, request, pin, pins, holder, logger);

    /// <summary>A scan of the history of a range.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="pin">What can be seen.</param>
    /// <param name="pins">Where the pin is released with the scan; null when somebody else does.</param>
    /// <param name="holder">Who else holds the pin.</param>
    public RowScan OpenHistory(KeyRange range, OpenPin pin, IPinRegistry? pins, object? holder)
        => new HistoryScan(buffer, tiers, history, range, pin, pins, holder, logger);
}
