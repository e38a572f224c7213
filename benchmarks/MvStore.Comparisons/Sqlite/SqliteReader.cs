using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using SQLitePCL;
using static SQLitePCL.raw;

namespace MvStore.Comparisons.Sqlite;

/// <summary>Reads from SQLite with a connection and prepared statements of its own.</summary>
internal sealed class SqliteReader : IRangeReader, IVersionWalker
{
    private const string Columns = "SELECT key, version, value FROM entry";

    // A connection's own cache is cold when it is opened.
    private const string FillCache = "SELECT sum(version) FROM entry";

    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _get;
    private readonly sqlite3_stmt _from;
    private readonly sqlite3_stmt _all;
    private readonly sqlite3_stmt _reverse;
    private readonly sqlite3_stmt _versions;

    public SqliteReader(string file, string tuning)
    {
        _database = new SqliteDatabase(file, tuning);
        _get = _database.Prepare("SELECT value FROM entry WHERE key = ?1 AND version <= ?2 ORDER BY version DESC LIMIT 1");
        _from = _database.Prepare(Columns + " WHERE key >= ?1 ORDER BY key, version DESC");
        _all = _database.Prepare(Columns + " ORDER BY key, version DESC");
        _reverse = _database.Prepare(Columns + " ORDER BY key DESC, version");
        _versions = _database.Prepare(Columns + " WHERE key = ?1 ORDER BY version DESC");
        _database.Execute(FillCache);
    }

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        sqlite3_bind_blob(_get, 1, key);
        sqlite3_bind_int64(_get, 2, (long)at);
        var isFound = sqlite3_step(_get) == SQLITE_ROW;
        value = isFound ? ValueDigest.Of(sqlite3_column_blob(_get, 0)) : default;
        sqlite3_reset(_get);
        return isFound;
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        var statement = request.From is null ? (request.IsReverse ? _reverse : _all) : _from;
        if (request.From is { } from)
        {
            sqlite3_bind_blob(statement, 1, from);
        }

        var rows = new SqliteRows(statement);
        VersionScan.Read(ref rows, request, ref fold);

        sqlite3_reset(statement);
    }

    public long Walk(ReadOnlySpan<byte> key, out ulong versions)
    {
        sqlite3_bind_blob(_versions, 1, key);
        var rows = new SqliteRows(_versions);
        var count = VersionScan.Walk(ref rows, key, out versions);
        sqlite3_reset(_versions);
        return count;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _get, _from, _all, _reverse, _versions })
        {
            statement.Dispose();
        }

        _database.Dispose();
    }
}
