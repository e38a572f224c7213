using MvStore.Workloads.Engines;
using SQLitePCL;
using static SQLitePCL.raw;

namespace MvStore.Comparisons.Sqlite;

/// <summary>Deletes old versions, a run of keys in each transaction.</summary>
internal sealed class SqliteReclaimer(SqliteDatabase database, Action beforeTransaction) : IDisposable
{
    private readonly sqlite3_stmt _end = database.Prepare("SELECT key FROM entry WHERE key > ?1 ORDER BY key LIMIT 1 OFFSET ?2");
    private readonly sqlite3_stmt _delete = database.Prepare("DELETE FROM entry WHERE key > ?1 AND key <= ?2 AND version <= ?3");
    private readonly sqlite3_stmt _deleteRest = database.Prepare("DELETE FROM entry WHERE key > ?1 AND version <= ?3");

    /// <summary>Deletes every version at or below one.</summary>
    /// <returns>How many.</returns>
    public long Run(ulong upTo)
    {
        var deleted = 0L;
        byte[]? after = [];
        while (after is not null)
        {
            beforeTransaction();
            var end = EndOfRun(after);
            deleted += Delete(after, end, upTo);
            after = end;
        }

        return deleted;
    }

    public void Dispose()
    {
        _end.Dispose();
        _delete.Dispose();
        _deleteRest.Dispose();
    }

    private byte[]? EndOfRun(byte[] after)
    {
        sqlite3_bind_blob(_end, 1, after);
        sqlite3_bind_int64(_end, 2, TransactionSize.VersionsReclaimed);
        var end = sqlite3_step(_end) == SQLITE_ROW ? sqlite3_column_blob(_end, 0).ToArray() : null;
        sqlite3_reset(_end);
        return end;
    }

    // A statement is a transaction of its own.
    private int Delete(byte[] after, byte[]? end, ulong upTo)
    {
        var statement = end is null ? _deleteRest : _delete;
        sqlite3_bind_blob(statement, 1, after);
        if (end is not null)
        {
            sqlite3_bind_blob(statement, 2, end);
        }

        sqlite3_bind_int64(statement, 3, (long)upTo);
        database.Run(statement);
        return database.ChangedRows;
    }
}
