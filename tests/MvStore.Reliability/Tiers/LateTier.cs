namespace MvStore.Reliability.Tiers;

/// <summary>
/// A broken tier for control: says that a slice is durable, so that the store evicts it, and writes it with the next one. Between the two
/// the slice is nowhere.
/// </summary>
internal sealed class LateTier(IPersistentTier inner) : IPersistentTier
{
    private TierBatch? _owed; // writing calls come one at a time

    public ValueTask<TierState> OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        await PayAsync();
        _owed = batch;
    }

    public async ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        await PayAsync();
        await inner.RaiseFloorAsync(floors, settled, cancellationToken);
    }

    public async ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        await PayAsync();
        return await inner.ReclaimAsync(request, cancellationToken);
    }

    public ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        => inner.GetAsync(keys, view, cancellationToken);

    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken) => inner.ScanAsync(scan, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await PayAsync();
        await inner.DisposeAsync();
    }

    private async ValueTask PayAsync()
    {
        if (_owed is { } batch)
        {
            _owed = null;
            await inner.ApplyAsync(batch, CancellationToken.None);
        }
    }
}
