namespace MvStore.Conformance;

/// <summary>What the suites have in common: a fresh place for each test, and a tier that is open on it.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class TierSuite<TLocation> : IAsyncLifetime
    where TLocation : ITierLocation, new()
{
    private readonly TLocation _location = new();

    /// <summary>The open tier.</summary>
    protected IPersistentTier Tier { get; private set; } = null!;

    /// <summary>What the tier said when it was opened last.</summary>
    protected TierState State { get; private set; } = null!;

    /// <summary>Whether the data can be opened while it has an owner.</summary>
    protected bool AllowsTakeover => _location.AllowsTakeover;

    /// <summary>What the tier takes and promises.</summary>
    protected TierCapabilities Capabilities => State.Capabilities;

    /// <summary>The durable mark, as far as the suite moved it by <see cref="ApplyAsync(TierRow[])"/>.</summary>
    protected ulong Durable { get; set; }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Tier = CreateTier();
        State = await Tier.OpenAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Tier.DisposeAsync();
        await _location.DisposeAsync();
    }

    /// <summary>Another tier over the same place, not opened.</summary>
    /// <returns>The tier.</returns>
    protected IPersistentTier CreateTier() => _location.CreateTier();

    /// <summary>Disposes the tier and opens a new one over the same place.</summary>
    /// <returns>What is stored.</returns>
    protected async Task<TierState> ReopenAsync()
    {
        await Tier.DisposeAsync();
        await InitializeAsync();
        return State;
    }

    /// <summary>
    /// Writes rows up to their highest sequence or at least one further than the last: as the next slice, or as several, cut between
    /// publications, if the tier does not take so many rows or bytes.
    /// </summary>
    /// <param name="rows">The rows, in any order.</param>
    /// <returns>A task that completes when they are durable.</returns>
    protected Task ApplyAsync(params TierRow[] rows) => ApplyAsync([], rows);

    /// <summary>Writes drops and rows as the next slice, up to the highest sequence of the rows or at least one further than the last.</summary>
    /// <param name="drops">The drops, ascending by key, then by version.</param>
    /// <param name="rows">The rows, in any order.</param>
    /// <returns>A task that completes when they are durable.</returns>
    protected async Task ApplyAsync(IReadOnlyList<KeyFloor> drops, TierRow[] rows)
    {
        var last = Math.Max(Durable + 1, rows.Length == 0 ? 0 : rows.Max(r => r.Sequence));
        List<TierRow> slice = [];
        var bytes = 0L;
        foreach (var publication in rows.GroupBy(r => r.Sequence).OrderBy(g => g.Key))
        {
            var added = publication.Sum(Rows.Size);
            if (slice.Count > 0 && (slice.Count + publication.Count() > Capabilities.MaxBatchRows || bytes + added > Capabilities.MaxBatchBytes))
            {
                await ApplySliceAsync(slice[^1].Sequence, [], slice);
                slice.Clear();
                bytes = 0;
            }

            slice.AddRange(publication);
            bytes += added;
        }

        await ApplySliceAsync(last, drops, slice);
    }

    private async Task ApplySliceAsync(ulong sequence, IReadOnlyList<KeyFloor> drops, List<TierRow> rows)
    {
        var highest = rows.Count == 0 ? CommitVersion.Zero : rows.Max(r => r.Version);
        await Tier.ApplyAsync(new TierBatch(Durable, sequence, highest, Rows.InOrder(rows)) { Drops = drops }, CancellationToken.None);
        Durable = sequence;
    }
}
