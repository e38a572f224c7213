using LightningDB;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Lightning;

/// <summary>LMDB: a copy-on-write B+tree in a mapped file, one writer at a time.</summary>
internal sealed class LightningEngine : IWorkloadEngine
{
    private const long MapBytes = 64L << 30;
    private const int MaxReaders = 126;

    private readonly LightningEnvironment _environment;
    private readonly LightningDatabase _database;
    private readonly Lock _writing = new();

    private LightningEngine(string directory)
    {
        _environment = new LightningEnvironment(directory, new EnvironmentConfiguration { MapSize = MapBytes, MaxReaders = MaxReaders });
        _environment.Open(EnvironmentOpenFlags.NoSync | EnvironmentOpenFlags.WriteMap
            | EnvironmentOpenFlags.NoThreadLocalStorage | EnvironmentOpenFlags.NoMemoryInitialization);
        using var transaction = _environment.BeginTransaction();
        _database = transaction.OpenDatabase();
        transaction.Commit().ThrowOnError();
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "lmdb",
        "LMDB",
        "LightningDB, key + inverted version, NOSYNC | WRITEMAP, one write transaction a commit, "
            + "read transaction renewed and reset for each read",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks,
        settings => new LightningEngine(settings.Directory))
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
