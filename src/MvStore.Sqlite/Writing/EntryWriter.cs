namespace MvStore.Sqlite.Writing;

/// <summary>
/// Puts entries where they belong (L1): the newest of each key into <c>current</c>, all others into <c>history</c>. Keys that are new go many to a
/// statement, which passes over those that are not; as soon as most are not, keys go one by one: the row that was newest is read,
/// moves to the history and is replaced; an entry below it, a late one, goes to the history itself. Right for rows in any order, fast for
/// ascending ones.
/// </summary>
internal sealed class EntryWriter : IDisposable
{
    private const int RowsPerStatement = 64;
    private const int ColumnsPerRow = 5;

    private readonly Connection _connection;
    private readonly Statement _insertNewKeys;
    private readonly Statement _insertNewKey;
    private readonly Statement _insertOlder;
    private readonly Statement _selectNewest;
    private readonly Statement _replaceNewest;
    private bool _expectsNewKeys = true; // whether it is worth trying many at once
    private int _newKeysInRow;           // met one by one

    public EntryWriter(Connection connection)
    {
        _connection = connection;
        _insertNewKeys = connection.Prepare($"{InsertSql("current", RowsPerStatement)} ON CONFLICT (key) DO NOTHING");
        _insertNewKey = connection.Prepare(InsertSql("current", 1));
        _insertOlder = connection.Prepare(InsertSql("history", 1));
        _selectNewest = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM current WHERE key = ?1");
        _replaceNewest = connection.Prepare(
            "UPDATE current SET version = ?2, sequence = ?3, value = ?4, checksum = ?5 WHERE key = ?1");
    }

    /// <summary>Writes entries that are not there yet. Inside a transaction.</summary>
    public void Write(IReadOnlyList<TierRow> rows)
    {
        var next = 0;
        while (next < rows.Count)
        {
            if (_expectsNewKeys && rows.Count - next >= RowsPerStatement)
            {
                WriteMany(rows, next);
                next += RowsPerStatement;
                continue;
            }

            var end = next + 1;
            while (end < rows.Count && rows[end].Version > rows[end - 1].Version && rows[end].Key.Span.SequenceEqual(rows[next].Key.Span))
            {
                end++;
            }

            WriteKey(rows, next, end);
            next = end;
        }
    }

    public void Dispose()
    {
        _insertNewKeys.Dispose();
        _insertNewKey.Dispose();
        _insertOlder.Dispose();
        _selectNewest.Dispose();
        _replaceNewest.Dispose();
    }

    private static string InsertSql(string table, int rows)
        => $"INSERT INTO {table} ({Schema.EntryColumnList}) VALUES {string.Join(", ", Enumerable.Repeat("(?, ?, ?, ?, ?)", rows))}";

    private void WriteMany(IReadOnlyList<TierRow> rows, int first)
    {
        for (var i = 0; i < RowsPerStatement; i++)
        {
            Bind(_insertNewKeys, (i * ColumnsPerRow) + 1, rows[first + i]);
        }

        _insertNewKeys.Run();
        var written = _connection.ChangedRows;
        if (written == RowsPerStatement)
        {
            return;
        }

        _expectsNewKeys = written >= RowsPerStatement / 2;
        for (var i = 0; i < RowsPerStatement; i++)
        {
            written -= WriteUnlessWritten(rows[first + i]) ? 0 : 1;
        }

        // Entries that were there before look like those just written; the count tells.
        if (written != 0)
        {
            throw Twice();
        }
    }

    // After an attempt to insert: false when that has written the row.
    private bool WriteUnlessWritten(in TierRow row)
    {
        try
        {
            if (!StepToNewest(row.Key.Span))
            {
                throw Damage.NoNewest(row.Key.Span);
            }

            var newest = EntryColumns.Version(_selectNewest);
            var version = (long)row.Version.Value;
            if (newest == version)
            {
                return (ulong)EntryColumns.Sequence(_selectNewest) == row.Sequence ? false : throw Twice();
            }

            Place(row, isNewest: newest < version);
            return true;
        }
        finally
        {
            _selectNewest.Reset();
        }
    }

    // Rows of one key, ascending by version.
    private void WriteKey(IReadOnlyList<TierRow> rows, int first, int end)
    {
        try
        {
            var last = end - 1;
            if (!StepToNewest(rows[first].Key.Span))
            {
                WriteOlder(rows, first, last, newest: 0);
                Insert(_insertNewKey, rows[last]);
                _expectsNewKeys = ++_newKeysInRow >= RowsPerStatement;
                return;
            }

            _newKeysInRow = 0;
            var newest = EntryColumns.Version(_selectNewest);
            WriteOlder(rows, first, last, newest);
            RequireOther(rows[last], newest);
            Place(rows[last], isNewest: newest < (long)rows[last].Version.Value);
        }
        finally
        {
            _selectNewest.Reset();
        }
    }

    private void WriteOlder(IReadOnlyList<TierRow> rows, int first, int end, long newest)
    {
        for (var i = first; i < end; i++)
        {
            RequireOther(rows[i], newest);
            Insert(_insertOlder, rows[i]);
        }
    }

    // Beside the row that was newest so far, on which the statement stands.
    private void Place(in TierRow row, bool isNewest)
    {
        if (isNewest)
        {
            MoveToHistory(_selectNewest);
            Insert(_replaceNewest, row);
        }
        else
        {
            Insert(_insertOlder, row);
        }
    }

    private bool StepToNewest(ReadOnlySpan<byte> key)
    {
        _selectNewest.BindBlob(1, key);
        if (!_selectNewest.Step())
        {
            return false;
        }

        // What a damaged row says of its version must not decide where others go.
        EntryColumns.Check(_selectNewest);
        return true;
    }

    private void MoveToHistory(Statement newest)
    {
        _insertOlder.BindBlob(1, newest.Blob(0));
        _insertOlder.BindInteger(2, newest.Integer(1));
        _insertOlder.BindInteger(3, newest.Integer(2));
        if (newest.IsNull(3))
        {
            _insertOlder.BindNull(4);
        }
        else
        {
            _insertOlder.BindBlob(4, newest.Blob(3));
        }

        _insertOlder.BindInteger(5, newest.Integer(4));
        _insertOlder.Run();
    }

    private static void Insert(Statement statement, in TierRow row)
    {
        Bind(statement, 1, row);
        statement.Run();
    }

    private static void Bind(Statement insert, int parameter, in TierRow row)
    {
        var version = SignedColumn.Stored(row.Version.Value, "version");
        var sequence = SignedColumn.Stored(row.Sequence, "sequence");
        var value = row.Value.GetValueOrDefault().Span;
        insert.BindBlob(parameter, row.Key.Span);
        insert.BindInteger(parameter + 1, version);
        insert.BindInteger(parameter + 2, sequence);
        if (row.IsTombstone)
        {
            insert.BindNull(parameter + 3);
        }
        else
        {
            insert.BindBlob(parameter + 3, value);
        }

        insert.BindInteger(parameter + 4, EntryChecksum.Of(row.Key.Span, version, sequence, value, row.IsTombstone));
    }

    // The keys of the tables see to the other cases.
    private static void RequireOther(in TierRow row, long newest)
    {
        if (row.Version.Value == (ulong)newest)
        {
            throw Twice();
        }
    }

    private static PersistentTierException Twice()
        => new(TierFailure.Fatal, "A slice holds an entry whose key and version the store has already.");
}
