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

    /// <summary>How much of the longest pause passed until all threads stood.</summary>
    public const string StoppingMilliseconds = "of it until all threads stood, ms";

    /// <summary>Readers' rate beside writers through their rate without.</summary>
    public const string ReaderRatio = "readers' ratio";

    /// <summary>Readers' rate beside a thread that only computes through their rate alone.</summary>
    public const string ComputingRatio = "readers' ratio beside computing";

    public const string WriterRate = "writers' commits/s";
    public const string ForeignCores = "foreign cores";
    public const string MemoryRatio = "memory ratio";
    public const string CommitRatio = "commit ratio";
    public const string GetRatio = "get ratio";

    /// <summary>The rate of the same with nobody who watches, in turns.</summary>
    public const string UnwatchedRate = "unwatched";

    /// <summary>The rate with somebody who watches through that without him: the median of the pairs of turns.</summary>
    public const string WatchedRatio = "watched / unwatched";

    public const string LoglessRate = "rows/s in one commit without a log";

    /// <summary>How long a run took that may end early.</summary>
    public const string RunTime = "length of the run";

    /// <summary>The longest single commit.</summary>
    public const string LongestCommit = "longest commit";

    public const string CommitPercentile999 = "commit p99.9";

    /// <summary>W2 without the disk, in the same process.</summary>
    public const string MemoryOnlyRate = "commits/s in memory only";

    public const string OpenTime = "open";
    public const string FirstReadTime = "open and first read";

    /// <summary>Bytes that rows may take in memory.</summary>
    public const string Budget = "memory budget";

    /// <summary>The most that rows took in memory through the budget.</summary>
    public const string BudgetUse = "highest memory / budget";

    /// <summary>The most that the process grew through the budget.</summary>
    public const string ProcessBudgetUse = "highest growth of the process / budget";

    /// <summary>Prefix of figures of a store that lets go of old versions by itself while they are taken.</summary>
    public const string Collecting = "collecting ";

    /// <summary>Prefix of figures of a store that lets go of none.</summary>
    public const string NotCollecting = "not collecting ";

    /// <summary>Old versions that are still there, the most at any time.</summary>
    public const string LargestBacklog = "most old versions";

    /// <summary>Old versions that are still there when commits end.</summary>
    public const string LastBacklog = "old versions at the end";

    /// <summary>How long it takes to let go of these.</summary>
    public const string BacklogTime = "time to let go of them";

    /// <summary>Old versions that commits left behind, each second.</summary>
    public const string GarbageRate = "old versions/s";

    /// <summary>How long it takes to reclaim a few versions among many keys that have but one.</summary>
    public const string FewTime = "time for a few among newest ones";

    /// <summary>The same where each key has an old version besides, which is held.</summary>
    public const string FewAmongOldTime = "time for a few among held old ones";

    /// <summary>How long a run that reclamation makes by itself takes where each key has an old version that is held, and hardly anything can go.</summary>
    public const string HeldRunTime = "time of a run over held old ones";

    /// <summary>The same if it walks through them each time.</summary>
    public const string HeldWalkTime = "the same, walking each time";

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
