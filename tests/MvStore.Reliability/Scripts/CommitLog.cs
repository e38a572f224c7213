namespace MvStore.Reliability.Scripts;

/// <summary>
/// What the application knows: which commits it made, in which order they were published, and what it was told. It knows nothing of
/// tiers, and from it alone follows what a store may answer after a crash. Written by the script, read when it is over.
/// </summary>
internal sealed class CommitLog
{
    private readonly List<PublishedStep> _published = [];
    private readonly List<Acknowledgement> _acknowledged = [];

    public CommitLog() => _acknowledged.Add(new Acknowledgement(0, 0, CommitVersion.Zero));

    private CommitLog(IEnumerable<PublishedStep> published, Acknowledgement first)
    {
        _published.AddRange(published);
        _acknowledged.Add(first);
    }

    /// <summary>The sequence of the last publication.</summary>
    public ulong Sequence => (ulong)_published.Count;

    /// <summary>What is known when the power comes back after a cut at a position.</summary>
    public CommitLog AfterCutAt(int position)
        => new(_published, new Acknowledgement(0, AcknowledgedAt(position), FloorAt(position)));

    public void Publish(Step step) => _published.Add(new PublishedStep(Sequence + 1, step));

    public void Acknowledge(int position, ulong sequence, CommitVersion floor)
        => _acknowledged.Add(new Acknowledgement(position, sequence, floor));

    /// <summary>Forgets publications that turned out not to be on disk, and were never acknowledged.</summary>
    public void CutTo(ulong sequence)
    {
        if (sequence > Sequence || sequence < _acknowledged.Max(a => a.Sequence))
        {
            throw new LossException($"Reopened with {sequence} of {Sequence} publications, {_acknowledged.Max(a => a.Sequence)} acknowledged.");
        }

        _published.RemoveAll(p => p.Sequence > sequence);
    }

    /// <summary>The last publication that was acknowledged up to a position.</summary>
    public ulong AcknowledgedAt(int position) => _acknowledged.Where(a => a.Position <= position).Max(a => a.Sequence);

    /// <summary>Whether a commit at a version was published.</summary>
    public bool Has(ulong version) => _published.Exists(p => p.Step.Version == version);

    /// <summary>Whether a store had been opened up to a position: from then on there is one.</summary>
    public bool IsOpenedAt(int position) => _acknowledged.Skip(1).Any(a => a.Position <= position);

    /// <summary>The highest floor that was in force up to a position.</summary>
    public CommitVersion FloorAt(int position) => _acknowledged.Where(a => a.Position <= position).Max(a => a.Floor);

    /// <summary>Every entry of the first publications, newest first for each key, keys ascending.</summary>
    public IReadOnlyList<IReadOnlyList<TierRow>> Chains(ulong sequence)
        => [.. _published.Where(p => p.Sequence <= sequence)
            .SelectMany(p => p.Step.Deltas.Where(d => d.Kind != DeltaKind.Drop).Select(d => RowOf(p, d)))
            .GroupBy(r => Convert.ToHexString(r.Key.Span))
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(r => r.Version).ToArray())];

    /// <summary>The drops of the first publications.</summary>
    public IEnumerable<KeyFloor> Drops(ulong sequence)
        => _published.Where(p => p.Sequence <= sequence)
            .SelectMany(p => p.Step.Deltas.Where(d => d.Kind == DeltaKind.Drop).Select(d => new KeyFloor(d.Key, p.Step.Version)));

    /// <summary>The highest version of the first publications.</summary>
    public CommitVersion HighestOf(ulong sequence)
        => _published.Where(p => p.Sequence <= sequence).Select(p => (CommitVersion)p.Step.Version).DefaultIfEmpty().Max();

    private static TierRow RowOf(PublishedStep published, Delta delta)
        => new(delta.Key, published.Step.Version, published.Sequence, delta.Kind == DeltaKind.Set ? delta.Value : (ReadOnlyMemory<byte>?)null);
}
