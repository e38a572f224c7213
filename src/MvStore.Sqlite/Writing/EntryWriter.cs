namespace MvStore.Sqlite.Writing;

/// <summary>
/// Puts entries where they belong (L1): the newest of each key into <c>current</c>, all others into <c>history</c>. Keys that are new go many to a
/// statement, which passes over those that are not; as soon as most are not, keys go one by one: the row that was newest is read,
/// moves to the history and is replaced, or is replaced at once if the rule of the slice lets it go (I36); an entry below it, a late one, goes to the history itself. Right for rows in any order, fast for
/// ascending ones.
/// </summary>
internal sealed class EntryWriter : IDisposable
{
    private const int RowsPerStatement = 64;
    private const int ColumnsPerRow = 5;

    private readonly Connection _connection;
    private readonly StoredGarbage _garbage;
    private readonly Statement _insertNewKeys;
    private readonly Statement _insertNewKey;
    private readonly Statement _insertOlder;
    private readonly Statement _selectNewest;
    private readonly Statement _replaceNewest;
    private bool _expectsNewKeys = true; // whether it is worth trying many at once
    private int _newKeysInRow;           // met one by one
    private VersionStamp[] _stamps = new VersionStamp[2];
    private bool[] _keep = new bool[2];
    private long _replaced;

    public EntryWriter(Connection connection, StoredGarbage garbage)
    {
        _connection = connection;
        _garbage = garbage;
        _insertNewKeys = connection.Prepare($"{InsertSql("current", RowsPerStatement)} ON CONFLICT (key) DO NOTHING");
        _insertNewKey = connection.Prepare(InsertSql("current", 1));
        _insertOlder = connection.Prepare(InsertSql("history", 1));
        _selectNewest = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM current WHERE key = ?1");
        _replaceNewest = connection.Prepare(
            "UPDATE current SET version = ?2, sequence = ?3, value = ?4, checksum = ?5 WHERE key = ?1");
    }

    /// <summary>Writes entries that are not there yet. Inside a transaction.</summary>
    /// <param name="rows">The entries.</param>
    /// <param name="rule">What may go of those that were newest before; null for nothing.</param>
    /// <returns>How many of those went.</returns>
    public long Write(IReadOnlyList<TierRow> rows, RetentionRule? rule)
    {
        _replaced = 0;
        var next = 0;
        while (next < rows.Count)
        {
            if (_expectsNewKeys && rows.Count - next >= RowsPerStatement)
            {
                WriteMany(rows, next, rule);
                next += RowsPerStatement;
                continue;
            }

            var end = next + 1;
            while (end < rows.Count && rows[end].Version > rows[end - 1].Version && rows[end].Key.Span.SequenceEqual(rows[next].Key.Span))
            {
                end++;
            }

            WriteKey(rows, next, end, rule);
            next = end;
        }

        return _replaced;
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

    private void WriteMany(IReadOnlyList<TierRow> rows, int first, RetentionRule? rule)
    {
        for (var i = 0; i < RowsPerStatement; i++)
        {
            Bind(_insertNewKeys, (i * ColumnsPerRow) + 1, rows[first + i]);
        }

        _insertNewKeys.Run();
        var written = _connection.ChangedRows;
        if (written == RowsPerStatement)
        {
            for (var i = 0; i < RowsPerStatement; i++)
            {
                TakeNoteOfNew(rows[first + i]);
            }

            return;
        }

        _expectsNewKeys = written >= RowsPerStatement / 2;
        for (var i = 0; i < RowsPerStatement; i++)
        {
            written -= WriteUnlessWritten(rows, first + i, rule) ? 0 : 1;
        }

        // Entries that were there before look like those just written; the count tells.
        if (written != 0)
        {
            throw Twice();
        }
    }

    // After an attempt to insert: false when that has written the row.
    private bool WriteUnlessWritten(IReadOnlyList<TierRow> rows, int index, RetentionRule? rule)
    {
        var row = rows[index];
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
                TakeNoteOfNew(row);
                return (ulong)EntryColumns.Sequence(_selectNewest) == row.Sequence ? false : throw Twice();
            }

            Place(rows, index, index + 1, newest, rule);
            return true;
        }
        finally
        {
            _selectNewest.Reset();
        }
    }

    // Rows of one key, ascending by version.
    private void WriteKey(IReadOnlyList<TierRow> rows, int first, int end, RetentionRule? rule)
    {
        try
        {
            var last = end - 1;
            if (!StepToNewest(rows[first].Key.Span))
            {
                WriteOlder(rows, first, last, newest: 0);
                Insert(_insertNewKey, rows[last]);
                _garbage.Add(rows[last], letsNothingGo: first == last, isNewest: true, replacesDeletion: false);
                _expectsNewKeys = ++_newKeysInRow >= RowsPerStatement;
                return;
            }

            _newKeysInRow = 0;
            var newest = EntryColumns.Version(_selectNewest);
            WriteOlder(rows, first, last, newest);
            RequireOther(rows[last], newest);
            Place(rows, first, end, newest, rule);
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
            _garbage.Add(rows[i], letsNothingGo: newest == 0 && i == first, isNewest: false, replacesDeletion: false);
        }
    }

    // The last of some rows of a key, beside the one that was newest so far, on which the statement stands.
    private void Place(IReadOnlyList<TierRow> rows, int first, int end, long newest, RetentionRule? rule)
    {
        var row = rows[end - 1];
        if (newest > (long)row.Version.Value)
        {
            _garbage.Add(row, letsNothingGo: false, isNewest: false, replacesDeletion: false);
            Insert(_insertOlder, row);
            return;
        }

        var goes = rule is not null && LetsGo(rule, rows, first, end);
        _garbage.Add(row, letsNothingGo: goes, isNewest: true, replacesDeletion: _selectNewest.IsNull(3));
        if (goes)
        {
            _replaced++;
        }
        else
        {
            MoveToHistory(_selectNewest);
        }

        Insert(_replaceNewest, row);
    }

    // Whether the row that was newest so far, and is not any more, goes by a rule.
    private bool LetsGo(RetentionRule rule, IReadOnlyList<TierRow> rows, int first, int end)
    {
        var length = end - first + 1;
        if (length > _stamps.Length)
        {
            _stamps = new VersionStamp[length * 2];
            _keep = new bool[length * 2];
        }

        // No deletion is let go with what it hides: that is for reclamation, which looks at the whole key.
        var newest = new VersionStamp((ulong)EntryColumns.Version(_selectNewest), (ulong)EntryColumns.Sequence(_selectNewest));
        var place = length - 1;
        for (var i = first; i < end; i++)
        {
            _stamps[length - 2 - (i - first)] = new VersionStamp(rows[i].Version, rows[i].Sequence);
        }

        for (; place > 0 && _stamps[place - 1].Version < newest.Version; place--)
        {
            _stamps[place] = _stamps[place - 1];
        }

        _stamps[place] = newest;
        rule.Decide(EntryColumns.Key(_selectNewest), _stamps.AsSpan(0, length), _keep.AsSpan(0, length));
        return !_keep[place];
    }

    private void TakeNoteOfNew(in TierRow row) => _garbage.Add(row, letsNothingGo: true, isNewest: true, replacesDeletion: false);

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
