using MvStore.Sqlite;

namespace MvStore.Reliability.Soak;

/// <summary>The stores of a soak.</summary>
internal static class SoakStore
{
    public const long CheckpointBytes = 2L * 1024 * 1024;
    public const long MostLogBytes = 64L * 1024 * 1024;
    public const int SegmentBytes = 4 * 1024 * 1024;
    public const long MemoryBudget = 8L * 1024 * 1024;
    public const long HardLimit = 2 * MemoryBudget;

    private const int PageBytes = 4_096;
    private const int CacheBytes = 2 * 1024 * 1024;

    /// <summary>The file of a store.</summary>
    public static string FileOf(string directory) => Path.Combine(directory, "store.db");

    /// <summary>A store that does everything it can by itself: less memory than data, all ways of reclaiming, often.</summary>
    public static MvStoreBuilder Busy(string directory, bool hasLog)
        => In(directory, hasLog).AddGarbageCollectionStrategy(new OperatorStrategy(new SoakRetention())).Configure(options =>
        {
            options.Buffer.MemoryBudget = MemoryBudget;
            options.Buffer.HardLimit = HardLimit;
            options.Buffer.MaxStall = Timeout.InfiniteTimeSpan;
            options.Flush.MaxBytes = MemoryBudget / 4;
            options.Flush.MaxAge = TimeSpan.FromMilliseconds(500);
            options.CommitLog.FlushAge = TimeSpan.FromSeconds(2);
            options.GarbageCollection.Interval = TimeSpan.FromSeconds(1);
            options.GarbageCollection.RetainVersions = 16 * SoakPlan.Round * SoakPlan.Distance;
            options.GarbageCollection.RetainByKind[EntryKind.Source(1)] = new Retention(48 * SoakPlan.Round * SoakPlan.Distance, perKey: 2);
        });

    /// <summary>A store that does nothing by itself, for whoever looks at what is there.</summary>
    public static MvStoreBuilder Quiet(string directory, bool hasLog)
        => In(directory, hasLog).Configure(options =>
        {
            options.Buffer.MemoryBudget = long.MaxValue;
            options.Buffer.HardLimit = long.MaxValue;
            options.Flush.MaxBytes = long.MaxValue;
            options.Flush.MaxEntries = int.MaxValue;
            options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
            options.Flush.DisposeTimeout = TimeSpan.FromMinutes(10);
            options.CommitLog.FlushAge = Timeout.InfiniteTimeSpan;
            options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
        });

    private static MvStoreBuilder In(string directory, bool hasLog)
        => new MvStoreBuilder()
            .UseSqlite(FileOf(directory), tier =>
            {
                tier.PageBytes = PageBytes;
                tier.CheckpointBytes = CheckpointBytes;
                tier.WriteCacheBytes = CacheBytes;
                tier.ReadCacheBytes = CacheBytes;
            })
            .UseKeyClassifier(SoakKinds.Instance)
            .Configure(options =>
            {
                options.Buffer.MaxValueLength = SoakLane.Cold.LargeValue;
                options.CommitLog.Enabled = hasLog;
                options.CommitLog.SegmentBytes = SegmentBytes;
                options.CommitLog.MaxBytes = MostLogBytes;
            });
}
