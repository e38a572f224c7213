namespace MvStore.Tests.Interleavings;

/// <summary>The tier, with a point around each call.</summary>
internal sealed class SteppedTier(IPersistentTier inner, Stepper stepper) : IPersistentTier
{
    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        stepper.Point("before apply");
        await inner.ApplyAsync(batch, cancellationToken);
        stepper.Point("after apply");
    }

    public async ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
    {
        stepper.Point("before tier get");
        var rows = await inner.GetAsync(keys, view, cancellationToken);
        stepper.Point("after tier get");
        return rows;
    }

    public async ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        stepper.Point("before tier scan");
        var page = await inner.ScanAsync(scan, cancellationToken);
        stepper.Point("after tier scan");
        return page;
    }

    public async ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        stepper.Point("before floor is stored");
        await inner.RaiseFloorAsync(floors, settled, cancellationToken);
        stepper.Point("after floor is stored");
    }

    public async ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        stepper.Point("before tier is reclaimed");
        var step = await inner.ReclaimAsync(request, cancellationToken);
        stepper.Point("after tier is reclaimed");
        return step;
    }

    public async ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        stepper.Point("before note is set");
        await inner.SetNoteAsync(name, content, cancellationToken);
        stepper.Point("after note is set");
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
