using MvStore.Comparisons.Versioning;
using SQLitePCL;
using static SQLitePCL.raw;

namespace MvStore.Comparisons.Sqlite;

/// <summary>The rows of a statement with key, version and value.</summary>
internal readonly struct SqliteRows(sqlite3_stmt statement) : IVersionCursor
{
    public ReadOnlySpan<byte> Key => sqlite3_column_blob(statement, 0);

    public ulong Version => (ulong)sqlite3_column_int64(statement, 1);

    public ReadOnlySpan<byte> Value => sqlite3_column_blob(statement, 2);

    public bool MoveNext() => sqlite3_step(statement) == SQLITE_ROW;
}
