namespace MvStore.Sqlite.Verifying;

/// <summary>
/// Checks every entry of both tables, merged: types, checksum, order, that its version occurs once, that the marks cover it, and that the newest
/// of each key, and no other, is in <c>current</c> (L1).
/// </summary>
internal sealed class EntryWalk : TableWalk, IDisposable
{
    private readonly Statement _all;
    private readonly Statement _restOfKey;
    private readonly Statement _nextKeys;
    private byte[]? _key;  // of the last row
    private long _version; // of the last row

    public EntryWalk(Connection connection, FindingList findings)
        : base("entry", connection, findings)
    {
        _all = connection.Prepare(Merged("", "key, version DESC"));
        _restOfKey = connection.Prepare(Merged("WHERE key = ?1 AND version < ?2", "version DESC"));
        _nextKeys = connection.Prepare(Merged("WHERE key > ?1", "key, version DESC"));
    }

    public void Dispose()
    {
        _all.Dispose();
        _restOfKey.Dispose();
        _nextKeys.Dispose();
    }

    protected override IEnumerable<Statement> OpenBehindLast()
    {
        if (_key is null)
        {
            yield return _all;
            yield break;
        }

        _restOfKey.BindBlob(1, _key);
        _restOfKey.BindInteger(2, _version);
        yield return _restOfKey;
        _nextKeys.BindBlob(1, _key);
        yield return _nextKeys;
    }

    protected override bool Judge(Statement row)
    {
        var key = EntryColumns.Key(row);
        var version = EntryColumns.Version(row);
        var sequence = EntryColumns.Sequence(row);
        var hasTypes = row.IsBlob(0) && row.IsInteger(1) && row.IsInteger(2) && (row.IsNull(3) || row.IsBlob(3)) && row.IsInteger(4);
        Require(hasTypes, "A column has another type than it should.", key, version);
        Require(EntryColumns.IsIntact(row, key), "The checksum does not match.", key, version);
        Require(version >= 1 && version <= (Meta?.Version ?? long.MaxValue), "The version is none that the store has.", key, version);
        Require(sequence >= 1 && sequence <= (Meta?.Sequence ?? long.MaxValue), "The publication is none that the store has.", key, version);
        var isInPlace = row.Integer(5) != 0;
        var order = _key is null ? 1 : key.SequenceCompareTo(_key);
        var isBehind = order > 0 || (order == 0 && version < _version);
        Require(isBehind, order == 0 && version == _version ? "The key has this version twice." : "The row is out of order.", key, version);
        Require(order <= 0 || isInPlace, "The newest entry of the key is not in the table 'current'.", key, version);
        if (isBehind)
        {
            _key = order == 0 ? _key : key.ToArray();
            _version = version;
        }

        return isBehind;
    }

    private static string Merged(string where, string order)
        => $"SELECT {Schema.EntryColumnList}, 1 FROM current {where} "
            + $"UNION ALL SELECT {Schema.EntryColumnList}, 0 FROM history {where} ORDER BY {order}";
}
