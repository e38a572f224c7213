using MvStore.Workloads.Data;
using SQLitePCL;
using static SQLitePCL.raw;

namespace MvStore.Comparisons.Sqlite;

/// <summary>The one connection that writes: threads take turns.</summary>
internal sealed class SqliteCommitter(SqliteDatabase database) : IDisposable
{
    private const int CommitsPerBulkTransaction = 1_000;

    private readonly Lock _gate = new();
    private readonly sqlite3_stmt _begin = database.Prepare("BEGIN IMMEDIATE");
    private readonly sqlite3_stmt _commit = database.Prepare("COMMIT");
    private readonly sqlite3_stmt _insert = database.Prepare("INSERT OR REPLACE INTO entry VALUES(?1, ?2, ?3)");
    private int? _inBulk; // Commits in the open transaction of a bulk load, or null. Owned by _gate.

    public void Commit(RowBatch rows, ulong version)
    {
        lock (_gate)
        {
            if (_inBulk is null or 0)
            {
                database.Run(_begin);
            }

            for (var row = 0; row < rows.Count; row++)
            {
                sqlite3_bind_blob(_insert, 1, rows.Key(row));
                sqlite3_bind_int64(_insert, 2, (long)version);
                sqlite3_bind_blob(_insert, 3, rows.Value(row));
                database.Run(_insert);
            }

            _inBulk = _inBulk is { } commits ? (commits + 1) % CommitsPerBulkTransaction : null;
            if (_inBulk is null or 0)
            {
                database.Run(_commit);
            }
        }
    }

    /// <summary>Many commits in one transaction until the returned object is disposed.</summary>
    public IDisposable BeginBulk()
    {
        _inBulk = 0;
        return new Bulk(this);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
    }

    private void EndBulk()
    {
        if (_inBulk > 0)
        {
            database.Run(_commit);
        }

        _inBulk = null;
        database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private sealed class Bulk(SqliteCommitter committer) : IDisposable
    {
        public void Dispose() => committer.EndBulk();
    }
}
