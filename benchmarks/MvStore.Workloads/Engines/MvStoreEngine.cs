namespace MvStore.Workloads.Engines;

/// <summary>MvStore through its public interface, in memory, with everything enabled that is enabled by default.</summary>
public sealed class MvStoreEngine : IWorkloadEngine, IHeldSnapshots, IMemoryAccounting
{
    private readonly IMultiVersionStore _store;
    private readonly List<ISnapshot> _held = [];

    private MvStoreEngine(EngineSettings settings)
    {
        var builder = new MvStoreBuilder();
        if (!settings.KeepsHistory)
        {
            builder.Configure(options => options.GarbageCollection.RetainVersions = 0);
        }

        _store = Completion.Of(builder.OpenAsync());
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "mvstore",
        "MvStore",
        "memory only, options as by default; guarded rows from TryGet, OpenScan for ranges, OpenHistory for versions; owned: GetAsync; "
            + "copied: a guarded row's TryCopyTo; a writer uses one batch again and again",
        EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks
            | EngineTraits.Steps | EngineTraits.OwnedReads | EngineTraits.CopiedReads | EngineTraits.Reclaims,
        settings => new MvStoreEngine(settings))
    {
        Version = AssemblyVersion.Of(typeof(IMultiVersionStore)),
    };

    public long AccountedBytes => _store.GetStatistics().BufferedBytes;

    public IWorkloadWriter OpenWriter() => new MvStoreWriter(_store);

    public IWorkloadReader OpenReader() => new MvStoreReader(_store);

    public void Hold(ulong version) => _held.Add(_store.OpenSnapshot(version, "workload"));

    public void Dispose()
    {
        _held.ForEach(snapshot => snapshot.Dispose());
        Completion.Of(_store.DisposeAsync());
    }
}
