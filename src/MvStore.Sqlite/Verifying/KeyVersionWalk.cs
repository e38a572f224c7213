namespace MvStore.Sqlite.Verifying;

/// <summary>
/// Checks every row of <c>key_floor</c> or <c>dropped</c>: types, checksum, order, that the marks cover it, and that no drop is pending at
/// or below the floor of its key: one that is in force is forgotten in the transaction that stores the floor.
/// </summary>
internal sealed class KeyVersionWalk : TableWalk, IDisposable
{
    private readonly bool _manyVersions;
    private readonly Func<ReadOnlySpan<byte>, long, uint> _checksum;
    private readonly Statement _all;
    private readonly Statement _behind;
    private readonly Statement? _floor;
    private byte[]? _key;  // of the last row
    private long _version; // of the last row

    private KeyVersionWalk(
        string table,
        bool manyVersions,
        Func<ReadOnlySpan<byte>, long, uint> checksum,
        Connection connection,
        FindingList findings)
        : base(table, connection, findings)
    {
        _manyVersions = manyVersions;
        _checksum = checksum;
        _all = connection.Prepare($"SELECT key, version, checksum, NULL FROM {table} ORDER BY key, version");
        _behind = connection.Prepare($"SELECT key, version, checksum, NULL FROM {table} WHERE (key, version) > (?1, ?2) ORDER BY key, version");
        _floor = manyVersions ? connection.Prepare("SELECT 1 FROM key_floor WHERE key = ?1 AND version >= ?2") : null;
    }

    public static KeyVersionWalk OfFloors(Connection connection, FindingList findings)
        => new("key_floor", manyVersions: false, StateChecksum.OfKeyFloor, connection, findings);

    public static KeyVersionWalk OfDrops(Connection connection, FindingList findings)
        => new("dropped", manyVersions: true, StateChecksum.OfDropped, connection, findings);

    public void Dispose()
    {
        _all.Dispose();
        _behind.Dispose();
        _floor?.Dispose();
    }

    protected override IEnumerable<Statement> OpenBehindLast()
    {
        if (_key is null)
        {
            yield return _all;
            yield break;
        }

        _behind.BindBlob(1, _key);
        _behind.BindInteger(2, _version);
        yield return _behind;
    }

    protected override bool Judge(Statement row)
    {
        var key = row.Blob(0);
        var version = row.Integer(1);
        Require(row.IsBlob(0) && row.IsInteger(1) && row.IsInteger(2), "A column has another type than it should.", key, version);
        Require(_checksum(key, version) == row.Integer(2), "The checksum does not match.", key, version);
        Require(version >= 1 && version <= (Meta?.Version ?? long.MaxValue), "The version is none that the store has.", key, version);
        Require(!IsInForce(key, version), "The drop is still pending although the floor of its key has reached it.", key, version);
        var order = _key is null ? 1 : key.SequenceCompareTo(_key);
        var isBehind = order > 0 || (order == 0 && _manyVersions && version > _version);
        Require(isBehind, "The row is out of order or there twice.", key, version);
        if (isBehind)
        {
            _key = order == 0 ? _key : key.ToArray();
            _version = version;
        }

        return isBehind;
    }

    private bool IsInForce(ReadOnlySpan<byte> key, long version)
    {
        if (_floor is null)
        {
            return false;
        }

        _floor.BindBlob(1, key);
        _floor.BindInteger(2, version);
        try
        {
            return _floor.Step();
        }
        finally
        {
            _floor.Reset();
        }
    }
}
