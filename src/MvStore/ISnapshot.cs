using System.Buffers;

namespace MvStore;

/// <summary>
/// A fixed view of the store: the same answers until it is disposed, whatever is committed, flushed, evicted or reclaimed (contract
/// C1). Every member may be called from any thread. One that was opened with an age limit ends by itself: past it every read fails with
/// <see cref="SnapshotExpiredException"/>, also one that is under way; one that kept more than its budget may fail with <see cref="SnapshotRevokedException"/> instead. One that
/// was opened for a range of keys fails with <see cref="OutOfScopeException"/> when asked for others, or for a range that reaches beyond. Dispose it: what it needs stays in the store until then.
/// </summary>
public interface ISnapshot : IDisposable
{
    /// <summary>The version it reads at.</summary>
    CommitVersion Version { get; }

    /// <summary>The name given when it was opened.</summary>
    string Owner { get; }

    /// <summary>When it was opened.</summary>
    DateTimeOffset OpenedAt { get; }

    /// <summary>The row of a key.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>The row, or null when the key is deleted or has no version there.</returns>
    /// <exception cref="BelowFloorException">The key had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default);

    /// <summary>The same row, its value appended to a writer instead of a new array.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="destination">Where the value goes. Untouched when there is no row, or the read fails.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>The version the row was written at, or null when the key is deleted or has no version there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is null.</exception>
    /// <exception cref="BelowFloorException">The key's kind had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    ValueTask<CommitVersion?> CopyAsync(ReadOnlySpan<byte> key, IBufferWriter<byte> destination, CancellationToken cancellationToken = default);

    /// <summary>The row where it lies in memory: no copy, no allocation, no lock, no wait. Dispose it soon; see <see cref="GuardedRow"/>.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="row">The row when the answer is <see cref="MemoryAnswer.Present"/>, otherwise an empty one.</param>
    /// <returns>What memory knows.</returns>
    /// <exception cref="BelowFloorException">The key's kind had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    MemoryAnswer TryGet(ReadOnlySpan<byte> key, out GuardedRow row);

    /// <summary>Whether <see cref="GetAsync"/> would return a row.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>True when it would.</returns>
    /// <exception cref="BelowFloorException">The key had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    ValueTask<bool> ContainsAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default);

    /// <summary>The rows of some keys, in key order; repeated keys count once.</summary>
    /// <param name="keys">The keys, in any order. Must not change during the call.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>The rows that are present.</returns>
    /// <exception cref="BelowFloorException">A key had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    ValueTask<IReadOnlyList<VersionedRow>> GetManyAsync(
        IReadOnlyCollection<ReadOnlyMemory<byte>> keys,
        CancellationToken cancellationToken = default);

    /// <summary>The newest version of a key that this snapshot can see and that is older than a version.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="before">The version to step back from; above <see cref="Version"/> steps to the visible row.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>
    /// A row, a tombstone, the beginning of history, or "reclaimed": a snapshot keeps what it sees, not what was before it.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    ValueTask<PreviousVersion> GetPreviousAsync(
        ReadOnlySpan<byte> key,
        CommitVersion before,
        CancellationToken cancellationToken = default);

    /// <summary>The rows of a range, one per key.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="direction">The order. Default: ascending.</param>
    /// <param name="after">Versions at or below this one are left out (contract B7). Default: none is.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="BelowFloorException">Thrown while enumerating: the range crosses what had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    IAsyncEnumerable<VersionedRow> ScanAsync(
        KeyRange range,
        ScanDirection direction = ScanDirection.Forward,
        CommitVersion after = default,
        CancellationToken cancellationToken = default);

    /// <summary>The same rows where they lie, in portions; allocates nothing per row. See <see cref="RowScan"/>.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="direction">The order. Default: ascending.</param>
    /// <param name="after">Versions at or below this one are left out (contract B7). Default: none is.</param>
    /// <returns>The scan. Dispose it.</returns>
    /// <exception cref="BelowFloorException">The range crosses a kind with a floor above the snapshot.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    RowScan OpenScan(KeyRange range, ScanDirection direction = ScanDirection.Forward, CommitVersion after = default);

    /// <summary>The versions that <see cref="HistoryAsync"/> shows, where they lie, in portions; allocates nothing per version. See <see cref="RowScan"/>.</summary>
    /// <param name="range">The keys; <see cref="KeyRange.Exactly"/> for one.</param>
    /// <returns>The scan. Dispose it.</returns>
    /// <exception cref="BelowFloorException">The range crosses a kind with a floor above the snapshot.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    RowScan OpenHistory(KeyRange range);

    /// <summary>One page of a scan, and where the next begins. Pages of one snapshot always fit together.</summary>
    /// <param name="range">The keys. The same for every page.</param>
    /// <param name="pageSize">The most rows to return, at least 1.</param>
    /// <param name="direction">The order. The same for every page. Default: ascending.</param>
    /// <param name="continuation">The <see cref="ScanPage.Next"/> of the page before; null for the first page.</param>
    /// <param name="after">Versions at or below this one are left out. The same for every page. Default: none is.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pageSize"/> is below 1.</exception>
    /// <exception cref="ArgumentException">The token is damaged or of another scan.</exception>
    /// <exception cref="BelowFloorException">The range crosses what had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    ValueTask<ScanPage> ScanPageAsync(
        KeyRange range,
        int pageSize,
        ScanDirection direction = ScanDirection.Forward,
        PageToken? continuation = null,
        CommitVersion after = default,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Every kept version that this snapshot can see, tombstones included: keys ascending, per key the newest first. It reaches down to
    /// the newest version at or below the floor, or to what the snapshot itself sees when that is lower.
    /// </summary>
    /// <param name="range">The keys; <see cref="KeyRange.Exactly"/> for one.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows and tombstones.</returns>
    /// <exception cref="BelowFloorException">Thrown while enumerating: the range crosses what had a floor above the snapshot when it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
    IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CancellationToken cancellationToken = default);
}
