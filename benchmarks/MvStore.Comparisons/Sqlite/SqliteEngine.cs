using MvStore.Workloads.Engines;
using SQLitePCL;

namespace MvStore.Comparisons.Sqlite;

/// <summary>SQLite with prepared statements on the handle.</summary>
internal sealed class SqliteEngine : IWorkloadEngine, IBulkLoad
{
    private const string Table
        = "CREATE TABLE entry(key BLOB NOT NULL, version INTEGER NOT NULL, value BLOB, PRIMARY KEY(key, version DESC)) WITHOUT ROWID";

    private const int LoadShare = 10;

    private readonly string _file;
    private readonly SqliteDatabase _writing;
    private readonly SqliteCommitter _committer;

    private SqliteEngine(string directory)
    {
        _file = Path.Combine(directory, "store.db");
        _writing = new SqliteDatabase(_file);
        _writing.Execute(Table);
        _committer = new SqliteCommitter(_writing);
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "sqlite",
        "SQLite",
        "prepared statements on the handle, one table (key, version DESC) without rowid, WAL, synchronous=NORMAL, 256 MB cache, "
            + "a connection for each reader, whose cache is cold after each commit of another; W1 loads a tenth of the rows",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks,
        settings => new SqliteEngine(settings.Directory))
    {
        Version = LibraryVersion(),
        LoadDivisor = LoadShare,
    };

    public IWorkloadWriter OpenWriter() => new SqliteWriter(_committer);

    public IWorkloadReader OpenReader() => new SqliteReader(_file);

    public IDisposable BeginBulkLoad() => _committer.BeginBulk();

    public void Dispose()
    {
        _committer.Dispose();
        _writing.Dispose();
    }

    private static string LibraryVersion()
    {
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }
}
