namespace MvStore.Reliability.Tiers;

/// <summary>A tier whose writes are remembered by a <see cref="Witness"/>.</summary>
internal sealed class WitnessTier(IPersistentTier inner, Witness witness) : IPersistentTier
{
    private TierState? _opened;

    public async ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken)
    {
        // The look at what it holds may fail after it was opened; the store then tries again.
        var state = _opened ??= await inner.OpenAsync(epoch, cancellationToken);
        witness.Reopened(await TierContent.ReadAsync(inner, state));
        return state;
    }

    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    public ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
        => WriteAsync(witness.Current.After(batch), () => inner.ApplyAsync(batch, cancellationToken));

    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
        => WriteAsync(witness.Current.After(floors, settled), () => inner.RaiseFloorAsync(floors, settled, cancellationToken));

    public async ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        var done = default(TierReclaimed);
        await WriteAsync(witness.Current.After(request), async () => done = await inner.ReclaimAsync(request, cancellationToken));
        return done;
    }

    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => WriteAsync(witness.Current.After(name, content), () => inner.SetNoteAsync(name, content, cancellationToken));

    public ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        => inner.GetAsync(keys, view, cancellationToken);

    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken) => inner.ScanAsync(scan, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask WriteAsync(TierContent result, Func<ValueTask> write)
    {
        var attempt = witness.Begin(result);
        await write();
        witness.End(attempt);
    }
}
