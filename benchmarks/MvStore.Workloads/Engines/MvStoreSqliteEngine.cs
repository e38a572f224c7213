using MvStore.Sqlite;

namespace MvStore.Workloads.Engines;

/// <summary>MvStore through its public interface, with the SQLite tier.</summary>
public sealed class MvStoreSqliteEngine : IStoredEngine, ILoggingEngine, IReclaimingEngine, IMemoryAccounting, IHeldSnapshots, IVersionCounting
{
    private const long UnlimitedBytes = 1L << 40;

    /// <summary>The rows of a filling go to disk in few large transactions, each in the order of its keys.</summary>
    private const long FillingSliceBytes = 512L << 20;

    private readonly IMultiVersionStore _store;
    private readonly Durability _durability;
    private readonly List<ISnapshot> _held = [];

    private MvStoreSqliteEngine(EngineSettings settings, bool hasLog = true)
    {
        _durability = settings.Duty == EngineDuty.DurableCommits ? Durability.Durable : Durability.Buffered;
        var builder = new MvStoreBuilder().UseSqlite(Path.Combine(settings.Directory, "store.db"));
        builder.Configure(options => Apply(settings, options)).Configure(options => options.CommitLog.Enabled &= hasLog);
        _store = Completion.Of(builder.OpenAsync());
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "mvstore-sqlite",
        "MvStore+SQLite",
        "the SQLite tier with options as by default, the commit log included; W9 and W10 flush and evict on request; reads by GetAsync and OpenScan; W11: Commit",
        EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Migrates | EngineTraits.StoredReads | EngineTraits.ReclaimsDisk
            | EngineTraits.DurableCommits | EngineTraits.Reopens | EngineTraits.Budgeted | EngineTraits.Replays | EngineTraits.Collects,
        settings => new MvStoreSqliteEngine(settings))
    {
        Version = AssemblyVersion.Of(typeof(SqliteTier)),
        MemoryOnly = MvStoreEngine.Descriptor,
    };

    /// <summary>Commits with the log and without flushes, so that what the log alone costs can be told.</summary>
    public static EngineDescriptor Logged { get; } = new(
        "mvstore-logged",
        "MvStore, log",
        "the SQLite tier, to which nothing is flushed, and the commit log; W2l and W3l only",
        EngineTraits.Versions | EngineTraits.LoggedOrNot,
        settings => new MvStoreSqliteEngine(settings with { Duty = EngineDuty.Migration }))
    {
        Version = AssemblyVersion.Of(typeof(SqliteTier)),
    };

    /// <summary>The same without the log.</summary>
    public static EngineDescriptor Unlogged { get; } = new(
        "mvstore-unlogged",
        "MvStore, no log",
        "the same without the commit log",
        EngineTraits.Versions | EngineTraits.LoggedOrNot,
        settings => new MvStoreSqliteEngine(settings with { Duty = EngineDuty.Migration }, hasLog: false))
    {
        Version = AssemblyVersion.Of(typeof(SqliteTier)),
    };

    public long AccountedBytes => _store.GetStatistics().BufferedBytes;

    public long Versions => RowsInMemory;

    public long RowsInMemory => _store.GetStatistics().BufferedVersions;

    public IWorkloadWriter OpenWriter() => new MvStoreWriter(_store, _durability);

    public IWorkloadReader OpenReader() => new MvStoreTieredReader(_store);

    public void PrepareMove()
    {
        // Sorting and copying are part of a flush.
    }

    public void MoveToDisk() => Completion.Of(_store.FlushAsync());

    public void AwaitLog() => Completion.Of(_store.WaitForDurableAsync(CommitVersion.Latest));

    public void LeaveMemory() => _store.Evict(0);

    public long Reclaim(ulong hidden) => Completion.Of(_store.ReclaimAsync()).ReclaimedVersions;

    public void Hold(ulong version) => _held.Add(_store.OpenSnapshot(version, "workload"));

    public void Dispose()
    {
        _held.ForEach(snapshot => snapshot.Dispose());
        Completion.Of(_store.DisposeAsync());
    }

    private static void Apply(EngineSettings settings, MvStoreOptions options)
    {
        MvStoreEngine.Apply(settings, options);
        if (settings.Duty is EngineDuty.Migration or EngineDuty.Filling)
        {
            options.Buffer.MemoryBudget = UnlimitedBytes;
            options.Flush.MaxBytes = long.MaxValue;
            options.Flush.MaxEntries = int.MaxValue;
            options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
            options.CommitLog.FlushAge = Timeout.InfiniteTimeSpan;
            options.CommitLog.MaxBytes = UnlimitedBytes;
        }

        if (settings.Duty == EngineDuty.Filling)
        {
            options.Flush.MaxSliceBytes = FillingSliceBytes;
            options.CommitLog.Enabled = false;
        }
    }
}
