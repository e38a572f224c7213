namespace MvStore;

/// <summary>Reads ranges of keys. May be called from any thread; one enumerator belongs to one caller at a time.</summary>
public interface IMultiVersionRange
{
    /// <summary>
    /// The rows of a range, one per key, stable while it runs: commits, flushes, eviction and reclamation change nothing it returns
    /// (contract B6-B8). The moment it reads is fixed when enumeration begins, and what it needs is pinned until it ends.
    /// </summary>
    /// <param name="range">The keys.</param>
    /// <param name="scope">The versions.</param>
    /// <param name="direction">The order. Default: ascending.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="BelowFloorException">Thrown while enumerating: the version is below the highest floor of the range.</exception>
    /// <exception cref="PersistentTierException">Thrown while enumerating: the persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    IAsyncEnumerable<VersionedRow> ScanAsync(
        KeyRange range,
        ReadScope scope,
        ScanDirection direction = ScanDirection.Forward,
        CancellationToken cancellationToken = default);

    /// <summary>The same rows where they lie, in portions; allocates nothing per row. See <see cref="RowScan"/>.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="scope">The versions.</param>
    /// <param name="direction">The order. Default: ascending.</param>
    /// <returns>The scan; its moment is that of this call. Dispose it.</returns>
    /// <exception cref="BelowFloorException">The version is below the highest floor of the range.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    RowScan OpenScan(KeyRange range, ReadScope scope, ScanDirection direction = ScanDirection.Forward);

    /// <summary>
    /// One page of a scan, and where the next begins (contract B8, B9). Work is bounded: a page ends after a limited number of entries
    /// skipped, so it may be empty although more follow. Later pages read at the moment of the first; nothing is pinned between
    /// pages, so if reclamation passes that moment the next page fails with a typed error. Page on a snapshot to prevent it.
    /// </summary>
    /// <param name="range">The keys. The same for every page.</param>
    /// <param name="scope">The versions. The same for every page.</param>
    /// <param name="pageSize">The most rows to return, at least 1.</param>
    /// <param name="direction">The order. The same for every page. Default: ascending.</param>
    /// <param name="continuation">The <see cref="ScanPage.Next"/> of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pageSize"/> is below 1.</exception>
    /// <exception cref="ArgumentException">The token is damaged, of another scan, or of an earlier opening of the store.</exception>
    /// <exception cref="BelowFloorException">The version is, or has fallen, below the highest floor of the range.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<ScanPage> ScanPageAsync(
        KeyRange range,
        ReadScope scope,
        int pageSize,
        ScanDirection direction = ScanDirection.Forward,
        PageToken? continuation = null,
        CancellationToken cancellationToken = default);
}
