using SQLitePCL;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// A prepared statement on the raw handle: binds spans without boxing, is stepped and reset in place. Parameters count from 1, columns
/// from 0. Used by one thread at a time, like its connection.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly Connection _connection;
    private readonly sqlite3_stmt _handle;

    public Statement(Connection connection, sqlite3_stmt handle)
    {
        _connection = connection;
        _handle = handle;
    }

    public void BindInteger(int parameter, long number)
        => _connection.Check(raw.sqlite3_bind_int64(_handle, parameter, number));

    public void BindText(int parameter, string text)
        => _connection.Check(raw.sqlite3_bind_text(_handle, parameter, text));

    /// <summary>Binds bytes. None are an empty blob, never NULL.</summary>
    public void BindBlob(int parameter, ReadOnlySpan<byte> bytes)
        => _connection.Check(bytes.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0)
            : raw.sqlite3_bind_blob(_handle, parameter, bytes));

    public void BindNull(int parameter) => _connection.Check(raw.sqlite3_bind_null(_handle, parameter));

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw _connection.FailureOf(code),
        };
    }

    /// <summary>Runs to the end and makes the statement ready for the next use.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Makes the statement ready for the next use. SQLite repeats the code of the last step here, which was thrown then.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public bool IsBlob(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_BLOB;

    public bool IsInteger(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_INTEGER;

    public long Integer(int column) => raw.sqlite3_column_int64(_handle, column);

    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string();

    /// <summary>Bytes that stay valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_handle, column);

    public void Dispose() => _handle.Dispose();
}
