namespace MvStore.Reliability.Tiers;

/// <summary>A broken tier for control: acknowledges a slice before it is written. It is written by the next write.</summary>
/// <param name="inner">A tier that is right.</param>
/// <param name="readsSeeIt">Whether a read has it written as well. If not, the slice is nowhere as soon as the store evicts it.</param>
internal sealed class EarlyTier(IPersistentTier inner, bool readsSeeIt) : IPersistentTier
{
    private TierBatch? _owed; // writing calls come one at a time, and the scripts read between them

    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        await PayAsync();

        // The batch is lent until this call ends.
        _owed = batch with { Rows = [.. batch.Rows.Select(CopyOf)] };
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

    public async ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        await PayForReadAsync();
        return await inner.GetAsync(keys, view, cancellationToken);
    }

    public async ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        await PayForReadAsync();
        return await inner.ScanAsync(scan, cancellationToken);
    }

    public async ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await PayAsync();
        await inner.SetNoteAsync(name, content, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await PayAsync();
        await inner.DisposeAsync();
    }

    internal static TierRow CopyOf(TierRow row)
        => row with { Key = row.Key.ToArray(), Value = row.Value is { } value ? value.ToArray() : default(ReadOnlyMemory<byte>?) };

    private ValueTask PayForReadAsync() => readsSeeIt ? PayAsync() : ValueTask.CompletedTask;

    private async ValueTask PayAsync()
    {
        if (_owed is { } batch)
        {
            _owed = null;
            await inner.ApplyAsync(batch, CancellationToken.None);
        }
    }
}
