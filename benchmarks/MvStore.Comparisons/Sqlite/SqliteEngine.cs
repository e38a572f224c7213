using MvStore.Workloads.Engines;
using SQLitePCL;

namespace MvStore.Comparisons.Sqlite;

/// <summary>SQLite with prepared statements on the handle.</summary>
internal sealed class SqliteEngine : IWorkloadEngine, IBulkLoad
{
    public const string Table
        = "CREATE TABLE IF NOT EXISTS entry(key BLOB NOT NULL, version INTEGER NOT NULL, value BLOB, PRIMARY KEY(key, version DESC)) WITHOUT ROWID";

    private const int LoadShare = 10;

    private readonly string _file;
    private readonly string _tuning;
    private readonly SqliteDatabase _writing;
    private readonly SqliteCommitter _committer;

    private SqliteEngine(string directory, string tuning)
    {
        _file = Path.Combine(directory, "store.db");
        _tuning = tuning;
        _writing = new SqliteDatabase(_file, tuning);
        _writing.Execute(Table);
        _committer = new SqliteCommitter(_writing);
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "sqlite",
        "SQLite",
        "prepared statements on the handle, one table (key, version DESC) without rowid, WAL, synchronous=NORMAL, 256 MB cache, "
            + "a connection for each reader, whose cache is cold after each commit of another; W1 loads a tenth of the rows; W11: "
            + "synchronous=FULL; W9, W10, W12: synchronous=FULL, page, caches, checkpoints and rows a transaction as in MvStore's SQLite "
            + "tier; W10 behind a checkpoint",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks
            | EngineTraits.Migrates | EngineTraits.StoredReads | EngineTraits.ReclaimsDisk | EngineTraits.DurableCommits,
        Open)
    {
        Version = LibraryVersion(),
        LoadDivisor = LoadShare,
    };

    public IWorkloadWriter OpenWriter() => new SqliteWriter(_committer);

    public IWorkloadReader OpenReader() => new SqliteReader(_file, _tuning);

    public IDisposable BeginBulkLoad() => _committer.BeginBulk();

    public void Dispose()
    {
        _committer.Dispose();
        _writing.Dispose();
    }

    private static IWorkloadEngine Open(EngineSettings settings) => settings.Duty switch
    {
        EngineDuty.Serving => new SqliteEngine(settings.Directory, SqliteTuning.Serving),
        EngineDuty.DurableCommits => new SqliteEngine(settings.Directory, SqliteTuning.Durable),
        _ => new SqliteStoredEngine(settings.Directory),
    };

    private static string LibraryVersion()
    {
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }
}
