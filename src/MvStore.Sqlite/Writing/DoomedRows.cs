using System.Runtime.InteropServices;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// Rows that are to go. Of the table <c>history</c>: one deletion for each run of neighbours; where all rows of neighbouring keys go, as many keys as there are are one
/// run, as SQLite then walks over them instead of looking for each. And, of deleted keys that go as a whole, those of <c>current</c>.
/// </summary>
internal sealed class DoomedRows : IDisposable
{
    private readonly Connection _connection;
    private readonly Statement _delete;
    private readonly Statement _deleteKeys;
    private readonly Statement _deleteNewest;
    private readonly Statement _newest;
    private readonly Statement _older;
    private readonly List<Run> _runs = [];
    private readonly List<(byte[] Key, long Version)> _keys = [];

    public DoomedRows(Connection connection)
    {
        _connection = connection;
        _delete = connection.Prepare("DELETE FROM history WHERE key = ?1 AND version BETWEEN ?2 AND ?3");
        _deleteKeys = connection.Prepare("DELETE FROM history WHERE key BETWEEN ?1 AND ?2");
        _deleteNewest = connection.Prepare("DELETE FROM current WHERE key = ?1 AND version = ?2 AND value IS NULL");
        _newest = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM current WHERE key = ?1 AND version = ?2");
        _older = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM history WHERE key = ?1 AND version = ?2");
    }

    // Whether all rows of the key begun last go, and of the one before, with no other key between.
    private bool _isWhole;
    private bool _continuesWhole;

    public long Count { get; private set; }

    /// <summary>Of keys and values.</summary>
    public long Bytes { get; private set; }

    public void Clear()
    {
        _runs.Clear();
        _isWhole = false;
        _continuesWhole = false;
        _keys.Clear();
        Count = 0;
        Bytes = 0;
    }

    /// <summary>Begins a key of the table <c>history</c>, whether or not rows of it go.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isNext">Whether no other key of the table lies between this one and the one begun before.</param>
    /// <param name="isWhole">Whether all its rows in that table go.</param>
    public void Begin(byte[] key, bool isNext, bool isWhole)
    {
        _continuesWhole = isNext && isWhole && _isWhole;
        _isWhole = isWhole;
        if (_continuesWhole)
        {
            ref var last = ref CollectionsMarshal.AsSpan(_runs)[^1];
            last = last with { LastKey = key };
        }
    }

    /// <summary>Adds the row of a key in the table <c>current</c>, which deletes the key. All its other rows are to be added too.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">The version of the row.</param>
    /// <param name="bytes">What it takes.</param>
    public void AddNewest(byte[] key, long version, long bytes)
    {
        Count++;
        Bytes += bytes;
        _keys.Add((key, version));
    }

    /// <summary>Adds a row of the table <c>history</c>, of the key begun last.</summary>
    /// <param name="key">Its key: the same array for all rows of a key.</param>
    /// <param name="version">Its version: descending within a key.</param>
    /// <param name="bytes">What it takes.</param>
    /// <param name="isNeighbour">Whether no row that stays lies between this one and the one added before.</param>
    public void Add(byte[] key, long version, long bytes, bool isNeighbour)
    {
        Count++;
        Bytes += bytes;
        if (isNeighbour || _continuesWhole)
        {
            ref var last = ref CollectionsMarshal.AsSpan(_runs)[^1];
            last = last with { Lowest = version, Rows = last.Rows + 1 };
        }
        else
        {
            _runs.Add(new Run(key, _isWhole ? key : null, version, version, 1));
        }
    }

    /// <summary>Throws unless a row's checksum matches.</summary>
    public void RequireIntact(byte[] key, long version, bool isNewest)
    {
        var row = isNewest ? _newest : _older;
        row.BindBlob(1, key);
        row.BindInteger(2, version);
        try
        {
            if (!row.Step())
            {
                throw Damage.Entry(key, version, 0);
            }

            EntryColumns.Check(row);
        }
        finally
        {
            row.Reset();
        }
    }

    public void Delete()
    {
        foreach (var (key, lastKey, highest, lowest, rows) in _runs)
        {
            if (lastKey is null)
            {
                _delete.BindBlob(1, key);
                _delete.BindInteger(2, lowest);
                _delete.BindInteger(3, highest);
                _delete.Run();
            }
            else
            {
                _deleteKeys.BindBlob(1, key);
                _deleteKeys.BindBlob(2, lastKey);
                _deleteKeys.Run();
            }

            if (_connection.ChangedRows != rows)
            {
                throw Damage.Entry(key, highest, 0);
            }
        }

        foreach (var (key, version) in _keys)
        {
            _deleteNewest.BindBlob(1, key);
            _deleteNewest.BindInteger(2, version);
            _deleteNewest.Run();
            if (_connection.ChangedRows != 1)
            {
                throw Damage.Entry(key, version, 0);
            }
        }
    }

    public void Dispose()
    {
        _delete.Dispose();
        _deleteKeys.Dispose();
        _deleteNewest.Dispose();
        _newest.Dispose();
        _older.Dispose();
    }

    // With a last key: all rows of both keys and those between.
    private readonly record struct Run(byte[] Key, byte[]? LastKey, long Highest, long Lowest, int Rows);
}
