namespace MvStore;

/// <summary>Shorter ways to use a store.</summary>
public static class MultiVersionStoreExtensions
{
    /// <summary>Opens a view of the state as of a time: a snapshot at <see cref="IMultiVersionStore.VersionAt"/>. Commits of later times at versions at or below that one are in it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="time">The time. One that is not over yet means now.</param>
    /// <param name="owner">A name for whoever holds it, shown in lists and logs. Not empty.</param>
    /// <param name="maxAge">After how long, from now, it ends by itself; positive, or null, the default, for never.</param>
    /// <returns>The snapshot. Dispose it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxAge"/> is not positive.</exception>
    /// <exception cref="UnknownTimeException">The time is before the first one that is known.</exception>
    /// <exception cref="BelowFloorException">What was visible then is no longer kept.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public static ISnapshot OpenSnapshotAt(this IMultiVersionStore store, DateTimeOffset time, string owner = "unnamed", TimeSpan? maxAge = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.OpenSnapshot(store.VersionAt(time), owner, maxAge);
    }
}
