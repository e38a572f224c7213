using System.Runtime.InteropServices;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// The few functions of SQLite that run for every row, called without the layers between: on a scan those cost more than SQLite itself. The handles come
/// from the library of <see cref="Library"/>, which <see cref="Connection.Open"/> makes sure of. Those that only look at memory, and neither wait nor call back,
/// are marked so.
/// </summary>
internal static unsafe partial class NativeSqlite
{
    public const string Library = "e_sqlite3";

    [LibraryImport(Library)]
    public static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_blob(nint statement, int parameter, void* bytes, int length, nint destructor);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_int64(nint statement, int parameter, long number);

    [LibraryImport(Library)]
    public static partial int sqlite3_db_status(nint connection, int counter, out int current, out int highest, int reset);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void* sqlite3_column_blob(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_column_bytes(nint statement, int column);
}
