using System.Globalization;

namespace MvStore.Sqlite.Reading;

/// <summary>One connection that reads, with its prepared statements. Used by one call at a time.</summary>
internal sealed class Reader : IDisposable
{
    private const int MostRowsKept = 4_096;

    private readonly Connection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _current;
    private readonly Statement _historyFrom;
    private readonly Statement _keyFrom;
    private readonly List<TierRow> _rows = [];
    private readonly Statement?[] _ranges = new Statement?[RangeShape.Count]; // prepared when first needed

    private Reader(Connection connection)
    {
        _connection = connection;
        _begin = connection.Prepare("BEGIN");
        _commit = connection.Prepare("COMMIT");
        const string OfKey = "WHERE key = ?1 AND version <= ?2";
        _current = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM current WHERE key = ?1");
        _historyFrom = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM history {OfKey} ORDER BY version DESC");
        _keyFrom = connection.Prepare($"""
            SELECT {Schema.EntryColumnList} FROM current {OfKey}
            UNION ALL
            SELECT {Schema.EntryColumnList} FROM history {OfKey}
            ORDER BY version DESC
            """);
    }

    public static Reader Open(string path, SqliteTierOptions options)
    {
        var connection = Connection.Open(path, options.BusyTimeout);
        try
        {
            connection.Execute($"PRAGMA cache_size = -{options.ReadCacheBytes / 1024}");
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA mmap_size = {options.MapBytes}"));
            connection.Execute("PRAGMA query_only = ON");
            return new Reader(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>From here on all statements see one state of the file.</summary>
    public void Begin() => _begin.Run();

    /// <summary>Ends that, so that no read outlives its call (contract F6).</summary>
    public void End()
    {
        // A failure that ended the transaction by itself must not be hidden by a second one.
        if (_connection.InTransaction)
        {
            _commit.Run();
        }
    }

    /// <summary>A list to collect rows in: empty, and used again by the next call.</summary>
    public List<TierRow> TakeList()
    {
        _rows.Clear(); // of a call that failed
        if (_rows.Capacity > MostRowsKept)
        {
            _rows.Capacity = 0;
        }

        return _rows;
    }

    /// <summary>What was collected, in an array of its own.</summary>
    public static TierRow[] Collected(List<TierRow> rows)
    {
        TierRow[] own = [.. rows];
        rows.Clear();
        return own;
    }

    /// <summary>The newest entry of a key, whoever can see it. Reset it.</summary>
    public Statement Current(ReadOnlySpan<byte> key)
    {
        _current.BindBlob(1, key);
        return _current;
    }

    /// <summary>The entries of a key that are not its newest, from a version downwards. Reset it.</summary>
    public Statement HistoryFrom(ReadOnlySpan<byte> key, long at) => Bound(_historyFrom, key, at);

    /// <summary>
    /// A key's entries from a version downwards, those of later publications included: whoever steps over them can count them. Reset it.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="at">The highest version.</param>
    public Statement KeyFrom(ReadOnlySpan<byte> key, long at) => Bound(_keyFrom, key, at);

    /// <summary>All rows of a range, keys in the given direction; within a key, versions descend. Reset it.</summary>
    /// <param name="source">Which rows. In reverse only the newest of each key.</param>
    /// <param name="range">The keys.</param>
    /// <param name="direction">Their order.</param>
    public Statement Range(EntrySource source, KeyRange range, ScanDirection direction)
    {
        var shape = RangeShape.Of(source, range, direction);
        var statement = _ranges[shape.Index] ??= _connection.Prepare(shape.Sql);
        // The empty key is the lowest: without a lower bound, begin there.
        statement.BindBlob(1, range.Start is { } start ? start.Span : default);
        if (range.End is { } end)
        {
            statement.BindBlob(2, end.Span);
        }

        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement?>)[_begin, _commit, _current, _historyFrom, _keyFrom, .. _ranges])
        {
            statement?.Dispose();
        }

        _connection.Dispose();
    }

    private static Statement Bound(Statement statement, ReadOnlySpan<byte> key, long at)
    {
        statement.BindBlob(1, key);
        statement.BindInteger(2, at);
        return statement;
    }
}
