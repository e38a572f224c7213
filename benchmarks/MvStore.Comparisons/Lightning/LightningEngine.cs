using LightningDB;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Lightning;

/// <summary>LMDB: a copy-on-write B+tree in a mapped file, one writer at a time.</summary>
internal sealed class LightningEngine : IWorkloadEngine
{
    private const long MapBytes = 64L << 30;
    private const int MaxReaders = 126;

    private const EnvironmentOpenFlags Unsynced = EnvironmentOpenFlags.NoSync | EnvironmentOpenFlags.WriteMap
        | EnvironmentOpenFlags.NoThreadLocalStorage | EnvironmentOpenFlags.NoMemoryInitialization;

    private readonly LightningEnvironment _environment;
    private readonly LightningDatabase _database;
    private readonly Lock _writing = new();

    private LightningEngine(EngineSettings settings)
    {
        _environment = new LightningEnvironment(settings.Directory, new EnvironmentConfiguration { MapSize = MapBytes, MaxReaders = MaxReaders });
        _environment.Open(settings.Duty == EngineDuty.DurableCommits ? EnvironmentOpenFlags.NoThreadLocalStorage : Unsynced);
        using var transaction = _environment.BeginTransaction();
        _database = transaction.OpenDatabase();
        transaction.Commit().ThrowOnError();
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "lmdb",
        "LMDB",
        "LightningDB, key + inverted version, NOSYNC | WRITEMAP, one write transaction a commit, "
            + "read transaction renewed and reset for each read; W11: default sync, no map for writing",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks | EngineTraits.DurableCommits,
        settings => new LightningEngine(settings))
    {
        Unavailable = LightningLibrary.Unavailable,
        Version = $"{PackageVersion.Of("LightningDB")} on {LightningLibrary.Description}",
    };

    public IWorkloadWriter OpenWriter() => new LightningWriter(_environment, _database, _writing);

    public IWorkloadReader OpenReader() => new LightningReader(_environment, _database);

    public void Dispose()
    {
        _database.Dispose();
        _environment.Dispose();
    }
}
