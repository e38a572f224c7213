using SQLitePCL;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// A prepared statement on the raw handle: binds spans without boxing, is stepped and reset in place. Parameters count from 1, columns
/// from 0. Used by one thread at a time, like its connection.
/// </summary>
internal sealed unsafe class Statement : IDisposable
{
    private static readonly nint CopiesBytes = -1; // SQLITE_TRANSIENT

    private readonly Connection _connection;
    private readonly sqlite3_stmt _handle;
    private readonly nint _address; // of _handle; not used once that is disposed

    public Statement(Connection connection, sqlite3_stmt handle)
    {
        _connection = connection;
        _handle = handle;
        _address = handle.DangerousGetHandle();
    }

    public void BindInteger(int parameter, long number)
        => _connection.Check(NativeSqlite.sqlite3_bind_int64(_address, parameter, number));

    public void BindText(int parameter, string text)
        => _connection.Check(raw.sqlite3_bind_text(_handle, parameter, text));

    /// <summary>Binds bytes, which are copied. None are an empty blob, never NULL.</summary>
    public void BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            _connection.Check(bytes.IsEmpty
                ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0)
                : NativeSqlite.sqlite3_bind_blob(_address, parameter, first, bytes.Length, CopiesBytes));
        }
    }

    public void BindNull(int parameter) => _connection.Check(raw.sqlite3_bind_null(_handle, parameter));

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = NativeSqlite.sqlite3_step(_address);
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
    public void Reset() => _ = NativeSqlite.sqlite3_reset(_address);

    public bool IsNull(int column) => NativeSqlite.sqlite3_column_type(_address, column) == raw.SQLITE_NULL;

    public bool IsBlob(int column) => NativeSqlite.sqlite3_column_type(_address, column) == raw.SQLITE_BLOB;

    public bool IsInteger(int column) => NativeSqlite.sqlite3_column_type(_address, column) == raw.SQLITE_INTEGER;

    public long Integer(int column) => NativeSqlite.sqlite3_column_int64(_address, column);

    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string();

    /// <summary>Bytes that stay valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column)
    {
        // In this order: asking for the bytes may move them, asking for their number then does not.
        var first = NativeSqlite.sqlite3_column_blob(_address, column);
        return new ReadOnlySpan<byte>(first, NativeSqlite.sqlite3_column_bytes(_address, column));
    }

    public void Dispose()
    {
        _handle.Dispose();
        _connection.Forget(this);
    }
}
