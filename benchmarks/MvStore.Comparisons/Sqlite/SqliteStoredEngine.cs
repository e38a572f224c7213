using System.Runtime.InteropServices;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Sqlite;

/// <summary>
/// SQLite as a disk for rows that wait in memory: large transactions in the order of keys, the log copied into the file when it is
/// long. Rows are sorted ahead, so a migration is nothing but SQLite's own work.
/// </summary>
internal sealed class SqliteStoredEngine : IStoredEngine, IReclaimingEngine, ILoglessWriting
{
    private readonly string _directory;
    private readonly FileInfo _log;
    private readonly SqliteDatabase _writing;
    private readonly SqliteBatchWriter _batches;
    private readonly SqliteReclaimer _reclaimer;
    private readonly List<GatheredRow> _gathered = [];
    private List<SortedRows> _sorted = [];

    public SqliteStoredEngine(string directory)
    {
        _directory = directory;
        _writing = new SqliteDatabase(PathOf("store.db"), SqliteTuning.Writing);
        _writing.Execute(SqliteEngine.Table);
        _log = new FileInfo(PathOf("store.db-wal"));
        _batches = new SqliteBatchWriter(_writing);
        _reclaimer = new SqliteReclaimer(_writing, CheckpointLongLog);
    }

    public long RowsInMemory => _gathered.Count + _sorted.Sum(rows => (long)rows.Count);

    public IWorkloadWriter OpenWriter() => new GatheringWriter(_gathered);

    public IWorkloadReader OpenReader() => new SqliteReader(PathOf("store.db"), SqliteTuning.Reading);

    public void PrepareMove()
    {
        for (var first = 0; first < _gathered.Count; first += TransactionSize.RowsWritten)
        {
            var count = Math.Min(TransactionSize.RowsWritten, _gathered.Count - first);
            _sorted.Add(new SortedRows(CollectionsMarshal.AsSpan(_gathered).Slice(first, count)));
        }

        _gathered.Clear();
    }

    public void MoveToDisk()
    {
        foreach (var rows in _sorted)
        {
            CheckpointLongLog();
            _batches.Write(rows);
        }
    }

    public void WriteWithoutLog()
    {
        using var database = new SqliteDatabase(PathOf("logless.db"), SqliteTuning.Logless);
        database.Execute(SqliteEngine.Table);
        using var writer = new SqliteBatchWriter(database);
        writer.Write(CollectionsMarshal.AsSpan(_sorted));
    }

    // Reads that must look into the log first would be slower.
    public void LeaveMemory()
    {
        _sorted = [];
        _writing.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public long Reclaim(ulong hidden) => _reclaimer.Run(hidden);

    public void Dispose()
    {
        _reclaimer.Dispose();
        _batches.Dispose();
        _writing.Dispose();
    }

    private string PathOf(string file) => Path.Combine(_directory, file);

    private void CheckpointLongLog()
    {
        _log.Refresh();
        if (_log.Exists && _log.Length > SqliteTuning.CheckpointBytes)
        {
            _writing.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}
