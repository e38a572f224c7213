namespace MvStore;

/// <summary>
/// A multi-version key-value store: the whole of what a host engine uses. Every member may be called from any thread. Made by
/// <see cref="MvStoreBuilder"/>; owns its persistent tier and disposes it.
/// </summary>
public interface IMultiVersionStore :
    IMultiVersionCommit,
    IMultiVersionGet,
    IMultiVersionContains,
    IMultiVersionGetMany,
    IMultiVersionGetPrevious,
    IMultiVersionRange,
    IMultiVersionHistory,
    IMultiVersionMaintenance,
    IMultiVersionInspection,
    IMultiVersionLeases,
    IMultiVersionRollback,
    IMultiVersionChanges,
    IAsyncDisposable
{
    /// <summary>
    /// The highest published version with no lower one still being applied; <see cref="CommitVersion.Zero"/> when nothing is
    /// published. Never goes back while the store is open.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    CommitVersion VisibleVersion { get; }

    /// <summary>
    /// The highest version such that every published commit at or below it is on disk; <see cref="CommitVersion.Zero"/> in a
    /// memory-only store. A late commit below it lowers it until that commit is on disk too.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    CommitVersion DurableVersion { get; }

    /// <summary>The lowest version at which a new read of a kind of keys may start. Never goes back, also across reopen. A dropped key may have a higher one.</summary>
    /// <param name="kind">The kind of keys. Default: <see cref="EntryKind.Multi"/>.</param>
    /// <returns>The floor.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    CommitVersion GetFloor(EntryKind kind = default);

    /// <summary>
    /// The version that was visible at a time of day: the highest one that is known to have been. Kept across reopening. How exactly times are known follows from
    /// <see cref="GarbageCollectionOptions.TimeResolution"/>, and from their age: within about 3 % of it. Where the time of day was set back it waits until it is reached again.
    /// </summary>
    /// <param name="time">The time. One that is not over yet means now.</param>
    /// <returns>The version, to read or to open a snapshot at; <see cref="CommitVersion.Zero"/> when nothing was visible then.</returns>
    /// <exception cref="UnknownTimeException">The time is before the first one that is known, or the store was told to remember none.</exception>
    /// <exception cref="BelowFloorException">The version is below every floor.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    CommitVersion VersionAt(DateTimeOffset time);

    /// <summary>Opens a fixed view. Takes no lock that a reader or committer can wait for (contract C4).</summary>
    /// <param name="at">
    /// The version to read at; <see cref="CommitVersion.Latest"/> for everything published at this moment. A version not reached yet is
    /// allowed: commits published later stay invisible to the snapshot.
    /// </param>
    /// <param name="owner">A name for whoever holds it, shown in lists and logs. Not empty.</param>
    /// <param name="maxAge">
    /// After how long, from now, it ends by itself: its reads then fail with <see cref="SnapshotExpiredException"/>, and it keeps nothing any more. Positive; null,
    /// the default, for never. A row or a span that is held at that moment stays good.
    /// </param>
    /// <returns>The snapshot. Dispose it.</returns>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxAge"/> is not positive.</exception>
    /// <exception cref="BelowFloorException">The version is below every floor.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ISnapshot OpenSnapshot(CommitVersion at, string owner = "unnamed", TimeSpan? maxAge = null);

    /// <summary>Opens a fixed view with a limit of age or bytes, for some keys only, or with the place it was opened at. Takes no lock that a reader or committer can wait for.</summary>
    /// <param name="at">The version to read at, as for the other overload.</param>
    /// <param name="options">The rest.</param>
    /// <returns>The snapshot. Dispose it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="BelowFloorException">The version is below every floor.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ISnapshot OpenSnapshot(CommitVersion at, SnapshotOptions options);

    /// <summary>The snapshots that are open now and within their age limits, oldest version first.</summary>
    /// <returns>A list of its own for each call.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    IReadOnlyList<SnapshotInfo> GetOpenSnapshots();

    /// <summary>What the store holds now. Figures are each exact, but not all of one instant.</summary>
    /// <returns>The figures.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    StoreStatistics GetStatistics();

    /// <summary>
    /// The events of the flusher from this call on, in order, as an async stream (contract D7). A slow consumer never delays the
    /// flusher: beyond 1,024 waiting events the oldest are dropped, which shows as a gap in <see cref="FlushEvent.Number"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The events; ends when the store is disposed.</returns>
    IAsyncEnumerable<FlushEvent> FlushEventsAsync(CancellationToken cancellationToken = default);
}
