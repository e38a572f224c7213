namespace MvStore;

/// <summary>Whether a store is open. Shared by the store and its snapshots.</summary>
internal sealed class StoreLifetime
{
    // Owner: the first call of dispose. Release store; readers acquire.
    private bool _disposed;

    /// <summary>Ends it.</summary>
    public void End() => Volatile.Write(ref _disposed, true);

    /// <summary>Demands that the store is open.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), typeof(IMultiVersionStore));
}
