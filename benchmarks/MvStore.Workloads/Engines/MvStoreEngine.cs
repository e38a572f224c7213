namespace MvStore.Workloads.Engines;

/// <summary>MvStore through its public interface, in memory, with everything enabled that is enabled by default.</summary>
public sealed class MvStoreEngine : IHeldSnapshots, IMemoryAccounting, IReclaimingEngine, IWatchedEngine, IVersionCounting
{
    private readonly IMultiVersionStore _store;
    private readonly List<ISnapshot> _held = [];

    private MvStoreEngine(EngineSettings settings)
        => _store = Completion.Of(new MvStoreBuilder().Configure(options => Apply(settings, options)).OpenAsync());

    public static EngineDescriptor Descriptor { get; } = new(
        "mvstore",
        "MvStore",
        "memory only, options as by default; guarded rows from TryGet, OpenScan for ranges, OpenHistory for versions; owned: GetAsync; "
            + "copied: a guarded row's TryCopyTo; a writer uses one batch again and again",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks
            | EngineTraits.Steps | EngineTraits.OwnedReads | EngineTraits.CopiedReads | EngineTraits.Reclaims | EngineTraits.ReclaimsMemory
            | EngineTraits.Watched | EngineTraits.Collects,
        settings => new MvStoreEngine(settings))
    {
        Version = AssemblyVersion.Of(typeof(IMultiVersionStore)),
    };

    public long Versions => _store.GetStatistics().BufferedVersions;

    public long AccountedBytes => _store.GetStatistics().BufferedBytes;

    public IWorkloadWriter OpenWriter() => new MvStoreWriter(_store);

    public IWorkloadReader OpenReader() => new MvStoreReader(_store);

    public void Hold(ulong version) => _held.Add(_store.OpenSnapshot(version, "workload"));

    public long Reclaim(ulong hidden) => Completion.Of(_store.ReclaimAsync()).ReclaimedVersions;

    public IDisposable Collect() => new TelemetryCollector();

    public IDisposable Follow() => new ChangeFollower(_store);

    public void Dispose()
    {
        _held.ForEach(snapshot => snapshot.Dispose());
        Completion.Of(_store.DisposeAsync());
    }

    /// <summary>Sets what a store is opened for, whichever tiers it has.</summary>
    internal static void Apply(EngineSettings settings, MvStoreOptions options)
    {
        if (!settings.KeepsHistory)
        {
            options.GarbageCollection.RetainVersions = settings.LateVersions;
        }

        if (settings.Duty == EngineDuty.Reclamation)
        {
            options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
        }

        if (settings.CollectionInterval is { } interval)
        {
            options.GarbageCollection.Interval = interval;
        }

        if (settings.GarbageShare is { } share)
        {
            options.GarbageCollection.MaxGarbageShare = share;
        }

        if (settings.MemoryBudget is { } budget)
        {
            options.Buffer.MemoryBudget = budget;
        }
    }
}
