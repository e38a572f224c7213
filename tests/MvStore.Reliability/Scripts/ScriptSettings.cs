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

    /// <summary>The store over a tier.</summary>
    public MvStoreBuilder Builder(IPersistentTier tier)
        => new MvStoreBuilder().UsePersistentTier(tier).UseKeyClassifier(KindByFirstByte.Instance).Configure(options =>
        {
            options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
            options.Flush.MaxSliceBytes = MaxSliceBytes;
            options.Flush.RetryDelay = TimeSpan.FromMilliseconds(1);
            options.Flush.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
            options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
            options.GarbageCollection.RetainVersions = RetainVersions;
            options.GarbageCollection.RetainVersionsByKind[EntryKind.Operator(7)] = 2;
            options.Persistence.ReclaimStepVersions = ReclaimStepVersions;
        });
}
