namespace MvStore.Reliability.Scripts;

/// <summary>
/// What the application knows: which commits it made, in which order they were published, and what it was told. It knows nothing of
/// tiers, and from it alone follows what a store may answer after a crash. Written by the script, read when it is over.
/// </summary>
internal sealed class CommitLog
{
    private readonly List<PublishedStep> _published = [];
    private readonly List<Acknowledgement> _acknowledged = [];
    private readonly List<(int Position, ulong Sequence)> _logged = [(0, 0)]; // what is to outlive the process, not a power cut
    private readonly ulong _outlived;                                         // what was, when the process ended

    public CommitLog() => _acknowledged.Add(new Acknowledgement(0, 0, CommitVersion.Zero));

    private CommitLog(IEnumerable<PublishedStep> published, Acknowledgement first, ulong outlived = 0)
    {
        _outlived = outlived;
        _published.AddRange(published);
        _acknowledged.Add(first);
    }

    /// <summary>The sequence of the last publication.</summary>
    public ulong Sequence => (ulong)_published.Count;

    /// <summary>What is known when the power comes back after a cut at a position.</summary>
    public CommitLog AfterCutAt(int position)
        => new(_published, new Acknowledgement(0, AcknowledgedAt(position), FloorAt(position)));

    /// <summary>What is known when the process is started again after a kill at a position.</summary>
    public CommitLog AfterKillAt(int position)
    {
        var outlived = _logged.Where(l => l.Position <= position).Max(l => l.Sequence);
        return new(_published, new Acknowledgement(0, AcknowledgedAt(position), FloorAt(position)), outlived);
    }

    /// <summary>A publication, from 1.</summary>
    public Step StepOf(ulong sequence) => _published[(int)sequence - 1].Step;

    /// <summary>Everything published so far is to outlive the process.</summary>
    public void AcknowledgeLogged(int position) => _logged.Add((position, Sequence));

    public void Publish(Step step) => _published.Add(new PublishedStep(Sequence + 1, step));

    public void Acknowledge(int position, ulong sequence, CommitVersion floor)
        => _acknowledged.Add(new Acknowledgement(position, sequence, floor));

    /// <summary>Forgets publications that turned out not to be on disk, and were never acknowledged.</summary>
    public void CutTo(ulong sequence)
    {
        var least = Math.Max(_outlived, _acknowledged.Max(a => a.Sequence));
        if (sequence > Sequence || sequence < least)
        {
            throw new LossException($"Reopened with {sequence} of {Sequence} publications, {least} acknowledged.");
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
