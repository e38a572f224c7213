using MvStore.Workloads.Data;
using SQLitePCL;
using static SQLitePCL.raw;

namespace MvStore.Comparisons.Sqlite;

/// <summary>Writes sorted rows with one prepared statement.</summary>
internal sealed class SqliteBatchWriter(SqliteDatabase database) : IDisposable
{
    private readonly sqlite3_stmt _begin = database.Prepare("BEGIN IMMEDIATE");
    private readonly sqlite3_stmt _commit = database.Prepare("COMMIT");
    private readonly sqlite3_stmt _insert = database.Prepare("INSERT INTO entry VALUES(?1, ?2, ?3)");

    /// <summary>Writes all rows in one transaction.</summary>
    public void Write(params ReadOnlySpan<SortedRows> batches)
    {
        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        database.Run(_begin);
        foreach (var rows in batches)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                rows.WriteKey(row, key);
                sqlite3_bind_blob(_insert, 1, key);
                sqlite3_bind_int64(_insert, 2, (long)rows.Version(row));
                sqlite3_bind_blob(_insert, 3, rows.Value(row));
                database.Run(_insert);
            }
        }

        database.Run(_commit);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
    }
}
