namespace MvStore.Tests.Interleavings;

/// <summary>A tier whose next write of a kind fails with no effect; it counts the writes that reach it.</summary>
public sealed class FaultyTier(IPersistentTier inner) : IPersistentTier
{
    private (Write Write, TierFailure Failure)? _planned;
    private int _writes;

    public enum Write
    {
        Apply,
        RaiseFloor,
        Reclaim,
        SetNote,
    }

    public int Writes => Volatile.Read(ref _writes);

    public void FailNext(Write write, TierFailure failure) => _planned = (write, failure);

    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    public ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        Count(Write.Apply);
        return inner.ApplyAsync(batch, cancellationToken);
    }

    public ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        => inner.GetAsync(keys, view, cancellationToken);

    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken) => inner.ScanAsync(scan, cancellationToken);

    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        Count(Write.RaiseFloor);
        return inner.RaiseFloorAsync(floors, settled, cancellationToken);
    }

    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        Count(Write.Reclaim);
        return inner.ReclaimAsync(request, cancellationToken);
    }

    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Count(Write.SetNote);
        return inner.SetNoteAsync(name, content, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Count(Write write)
    {
        Interlocked.Increment(ref _writes);
        if (_planned is { } planned && planned.Write == write)
        {
            _planned = null;
            throw new PersistentTierException(planned.Failure, "planned");
        }
    }
}
