namespace MvStore.Sqlite.Verifying;

/// <summary>Checks every floor of a kind: family, id, checksum, and that it is not above the versions the store has.</summary>
internal sealed class FloorWalk : TableWalk, IDisposable
{
    private readonly Statement _behind;
    private string _family = ""; // of the last row
    private long _id;            // of the last row

    public FloorWalk(Connection connection, FindingList findings)
        : base("floor", connection, findings)
        => _behind = connection.Prepare(
            "SELECT family, id, version, NULL, checksum FROM floor WHERE (family, id) > (?1, ?2) ORDER BY family, id");

    public void Dispose() => _behind.Dispose();

    protected override IEnumerable<Statement> OpenBehindLast()
    {
        _behind.BindText(1, _family);
        _behind.BindInteger(2, _id);
        yield return _behind;
    }

    protected override bool Judge(Statement row)
    {
        var family = row.Text(0);
        var id = row.Integer(1);
        var version = row.Integer(2);
        Require(
            family is "source" or "operator" || (family is "default" or "multi" && id == 0),
            "The row names no kind of key.");
        Require(StateChecksum.OfFloor(row.Blob(0), id, version) == row.Integer(4), "The checksum of a row does not match.");
        Require(version >= 0 && version <= (Meta?.Version ?? long.MaxValue), "A floor is above the highest version of the store.");
        var order = string.CompareOrdinal(family, _family);
        var isBehind = order > 0 || (order == 0 && id > _id);
        Require(isBehind, "A row is out of order or there twice.");
        if (isBehind)
        {
            (_family, _id) = (family, id);
        }

        return isBehind;
    }

    private void Require(bool holds, string problem)
    {
        if (!holds)
        {
            Findings.Add(Table, problem);
        }
    }
}
