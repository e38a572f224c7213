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

    /// <summary>The sequence of the last slice written by <see cref="ApplyAsync(TierRow[])"/>.</summary>
    protected ulong Durable { get; private set; }

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

    /// <summary>Writes rows as the next slice, up to their highest sequence or at least one further than the last.</summary>
    /// <param name="rows">The rows, in any order.</param>
    /// <returns>A task that completes when they are durable.</returns>
    protected Task ApplyAsync(params TierRow[] rows) => ApplyAsync([], rows);

    /// <summary>Writes drops and rows as the next slice, up to the highest sequence of the rows or at least one further than the last.</summary>
    /// <param name="drops">The drops, ascending by key, then by version.</param>
    /// <param name="rows">The rows, in any order.</param>
    /// <returns>A task that completes when they are durable.</returns>
    protected async Task ApplyAsync(IReadOnlyList<KeyFloor> drops, TierRow[] rows)
    {
        var sequence = Math.Max(Durable + 1, rows.Length == 0 ? 0 : rows.Max(r => r.Sequence));
        var highest = rows.Length == 0 ? CommitVersion.Zero : rows.Max(r => r.Version);
        var batch = new TierBatch(Durable, sequence, highest, Rows.InOrder(rows)) { Drops = drops };
        await Tier.ApplyAsync(batch, CancellationToken.None);
        Durable = sequence;
    }
}
