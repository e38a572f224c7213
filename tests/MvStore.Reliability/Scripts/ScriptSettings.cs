using MvStore.Logging;
using MvStore.Sqlite;

namespace MvStore.Reliability.Scripts;

/// <summary>How the store of a script is set up. It does nothing by itself: no flush by age, no reclamation by time.</summary>
internal sealed record ScriptSettings
{
    public int PageBytes { get; init; } = 4_096;

    public long CheckpointBytes { get; init; } = 64 * 1024;

    public long MaxSliceBytes { get; init; } = 64 * 1024;

    public int ReclaimStepVersions { get; init; } = 10_000;

    public ulong? RetainVersions { get; init; } = 10;

    /// <summary>The size of a segment of the commit log; null: there is no log.</summary>
    public int? LogSegmentBytes { get; init; }

    /// <summary>The size of the commit log at half of which a flush is asked for.</summary>
    public long LogMaxBytes { get; init; } = 64 * 1024 * 1024;

    public bool HasLog => LogSegmentBytes is not null;

    /// <summary>The tier in a directory.</summary>
    public SqliteTier Tier(string directory)
    {
        var options = new SqliteTierOptions(Path.Combine(directory, "store.db"))
        {
            PageBytes = PageBytes,
            CheckpointBytes = CheckpointBytes,
            BusyTimeout = TimeSpan.Zero,
            WriteCacheBytes = 1024 * 1024,
            ReadCacheBytes = 1024 * 1024,
        };
        return new SqliteTier(options);
    }

    /// <summary>The store over a tier, and behind a commit log if it has one. The log writes when somebody waits for it, and not by time.</summary>
    public MvStoreBuilder Builder(IPersistentTier tier, LogDirectory log)
    {
        var builder = new MvStoreBuilder().UsePersistentTier(tier).UseKeyClassifier(KindByFirstByte.Instance).Configure(options =>
        {
            options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
            options.Flush.MaxSliceBytes = MaxSliceBytes;
            options.Flush.RetryDelay = TimeSpan.FromMilliseconds(1);
            options.Flush.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
            options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
            options.GarbageCollection.RetainVersions = RetainVersions;
            options.GarbageCollection.RetainVersionsByKind[EntryKind.Operator(7)] = 2;
            options.Persistence.ReclaimStepVersions = ReclaimStepVersions;
            options.CommitLog.MaxBytes = LogMaxBytes;
            options.CommitLog.SegmentBytes = 1024 * 1024;
            options.CommitLog.WriteDelay = TimeSpan.FromDays(1);
            options.CommitLog.WriteBytes = int.MaxValue;
        });
        return HasLog ? builder.UseLogDirectory(log, LogSegmentBytes) : builder;
    }
}
