using MvStore.Sqlite;

namespace MvStore.Reliability.Kills;

/// <summary>The stores that are killed: small limits, so that everything a store does by itself happens all the time.</summary>
internal static class KillStore
{
    private const int Segment = 1024 * 1024;

    /// <summary>A store in a directory.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="hasLog">Whether a commit log is before SQLite.</param>
    public static MvStoreBuilder Busy(string directory, bool hasLog)
        => In(directory, hasLog).Configure(options =>
        {
            options.Buffer.MemoryBudget = 400_000;
            options.Flush.MaxBytes = 150_000;
            options.Flush.MaxAge = TimeSpan.FromMilliseconds(20);
            options.GarbageCollection.Interval = TimeSpan.FromMilliseconds(30);
            options.GarbageCollection.RetainVersions = KillSteps.Retained;
        });

    /// <summary>A store that flushes nothing by itself: what it is given stays in its commit log.</summary>
    public static MvStoreBuilder Quiet(string directory, bool hasLog)
        => In(directory, hasLog).Configure(options =>
        {
            options.Buffer.MemoryBudget = long.MaxValue;
            options.Flush.MaxBytes = long.MaxValue;
            options.Flush.MaxEntries = int.MaxValue;
            options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
            options.CommitLog.FlushAge = Timeout.InfiniteTimeSpan;
            options.Flush.DisposeTimeout = TimeSpan.FromMinutes(10);
            options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
        });

    /// <summary>A store with a log, as a host gets it that configures nothing.</summary>
    public static MvStoreBuilder Default(string directory) => new MvStoreBuilder().UseSqlite(Path.Combine(directory, "store.db"));

    private static MvStoreBuilder In(string directory, bool hasLog)
    {
        var tier = new SqliteTier(new SqliteTierOptions(Path.Combine(directory, "store.db")) { PageBytes = 4_096, CheckpointBytes = 200_000 });
        return new MvStoreBuilder().UsePersistentTier(tier).Configure(options =>
        {
            options.Buffer.HardLimit = long.MaxValue;
            options.Flush.RetryDelay = TimeSpan.FromMilliseconds(5);
            options.Flush.MaxRetryDelay = TimeSpan.FromMilliseconds(20);
            options.CommitLog.SegmentBytes = Segment;
            options.CommitLog.MaxBytes = long.MaxValue;
            options.CommitLog.WriteDelay = TimeSpan.FromMilliseconds(1);
            options.CommitLog.Directory = hasLog ? Path.Combine(directory, "log") : null;
        });
    }
}
