namespace MvStore.Reliability.Tiers;

/// <summary>A broken tier for control: its mark is ahead of its rows, which it writes with the next slice.</summary>
/// <param name="inner">A tier that is right.</param>
internal sealed class AheadTier(IPersistentTier inner) : IPersistentTier
{
    private IReadOnlyList<TierRow> _owed = []; // writing calls come one at a time

    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        var owed = _owed;
        _owed = [.. batch.Rows.Select(EarlyTier.CopyOf)];
        await inner.ApplyAsync(batch with { Rows = owed }, cancellationToken);
    }

    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
        => inner.RaiseFloorAsync(floors, settled, cancellationToken);

    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
        => inner.ReclaimAsync(request, cancellationToken);

    public ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        => inner.GetAsync(keys, view, cancellationToken);

    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken) => inner.ScanAsync(scan, cancellationToken);

    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => inner.SetNoteAsync(name, content, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
