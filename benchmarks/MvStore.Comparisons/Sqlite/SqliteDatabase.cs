using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace MvStore.Comparisons.Sqlite;

/// <summary>A connection, used through its handle.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const uint PreparePersistent = 1;

    private readonly SqliteConnection _connection;

    public SqliteDatabase(string file, string tuning)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        Execute(tuning);
    }

    /// <summary>Rows changed by the last statement.</summary>
    public int ChangedRows => raw.sqlite3_changes(_connection.Handle);

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public sqlite3_stmt Prepare(string sql)
    {
        Require(sqlite3_prepare_v3(_connection.Handle, sql, PreparePersistent, out var statement));
        return statement;
    }

    /// <summary>Runs a statement that returns nothing.</summary>
    public void Run(sqlite3_stmt statement)
    {
        var code = sqlite3_step(statement);
        sqlite3_reset(statement);
        Require(code);
    }

    public void Dispose() => _connection.Dispose();

    private void Require(int code)
    {
        if (code is not (SQLITE_OK or SQLITE_DONE or SQLITE_ROW))
        {
            throw new InvalidOperationException($"SQLite {code}: {sqlite3_errmsg(_connection.Handle).utf8_to_string()}");
        }
    }
}
