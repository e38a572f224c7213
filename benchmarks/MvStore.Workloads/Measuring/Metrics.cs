namespace MvStore.Workloads.Measuring;

/// <summary>
/// The names under which workloads hand over figures. Rates are per second, times in nanoseconds unless they say otherwise.
/// </summary>
public static class Metrics
{
    /// <summary>The figure of the workload.</summary>
    public const string Rate = "rate";

    public const string BytesPerRow = "bytes/row";
    public const string AccountedBytesPerRow = "accounted bytes/row";
    public const string LongestPauseMilliseconds = "longest GC pause, ms";
    public const string Pauses = "GC pauses";

    /// <summary>Readers' rate beside writers through their rate without.</summary>
    public const string ReaderRatio = "readers' ratio";

    public const string WriterRate = "writers' commits/s";
    public const string ForeignCores = "foreign cores";
    public const string MemoryRatio = "memory ratio";
    public const string CommitRatio = "commit ratio";
    public const string GetRatio = "get ratio";

    /// <summary>Prefix of figures of readers alone.</summary>
    public const string Alone = "alone ";

    /// <summary>Prefix of figures of readers beside writers.</summary>
    public const string Beside = "beside ";

    /// <summary>Prefix of figures of readers beside threads that only compute.</summary>
    public const string BesideIdle = "beside computing ";

    public const string Median = "p50";
    public const string Percentile99 = "p99";
    public const string Percentile999 = "p99.9";
    public const string Longest = "longest";
}
