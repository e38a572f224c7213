namespace MvStore.Sqlite.Verifying;

/// <summary>Checks every note of the engine: its name, its length, its checksum.</summary>
internal sealed class NoteWalk : TableWalk, IDisposable
{
    private readonly Statement _behind;
    private string _name = ""; // of the last row

    public NoteWalk(Connection connection, FindingList findings)
        : base("note", connection, findings)
        => _behind = connection.Prepare("SELECT name, checksum, NULL, content FROM note WHERE name > ?1 ORDER BY name");

    public void Dispose() => _behind.Dispose();

    protected override IEnumerable<Statement> OpenBehindLast()
    {
        _behind.BindText(1, _name);
        yield return _behind;
    }

    protected override bool Judge(Statement row)
    {
        var name = row.Text(0);
        var content = row.Blob(3);
        Require(TierNote.IsName(name), "The name of a note is none.");
        Require(row.IsBlob(3) && content.Length is > 0 and <= TierNote.MaxContentLength, "The content of a note has a length that it cannot have.");
        Require(StateChecksum.OfNote(row.Blob(0), content) == row.Integer(1), "The checksum of a row does not match.");
        var isBehind = string.CompareOrdinal(name, _name) > 0;
        Require(isBehind, "A row is out of order or there twice.");
        if (isBehind)
        {
            _name = name;
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
