namespace MvStore.Tests.Fixtures;

/// <summary>A tier whose reclamation never returns and does not listen to cancellation; everything else is the inner tier's.</summary>
public sealed class StuckReclaimTier(IPersistentTier inner) : IPersistentTier
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TierReclaimed> _never = new();

    /// <summary>Completes when a step of reclamation is stuck.</summary>
    public Task Reached => _reached.Task;

    /// <inheritdoc/>
    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken) => inner.ApplyAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        => inner.GetAsync(keys, view, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken) => inner.ScanAsync(scan, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
        => inner.RaiseFloorAsync(floors, settled, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return new ValueTask<TierReclaimed>(_never.Task);
    }

    /// <inheritdoc/>
    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => inner.SetNoteAsync(name, content, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
