namespace MvStore.Sqlite.Verifying;

/// <summary>Collects what is found: the first ones, and how many there are. Used by one thread.</summary>
internal sealed class FindingList
{
    private readonly List<VerificationFinding> _first = [];

    public long Count { get; private set; }

    public IReadOnlyList<VerificationFinding> First => _first;

    public void Add(string where, string problem) => Add(new VerificationFinding(where, problem));

    public void AddRow(string table, string problem, ReadOnlySpan<byte> key, long version)
        => Add(new VerificationFinding(table, problem, key.ToArray(), unchecked((ulong)version)));

    private void Add(VerificationFinding finding)
    {
        Count++;
        if (_first.Count < VerificationReport.MaxFindings)
        {
            _first.Add(finding);
        }
    }
}
