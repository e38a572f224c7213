namespace MvStore;

/// <summary>Reads every kept version. May be called from any thread; one enumerator belongs to one caller at a time.</summary>
public interface IMultiVersionHistory
{
    /// <summary>
    /// Every kept version of every key of a range, tombstones included, across tiers (contract B5): keys ascending, and per key the
    /// newest version first, down to the newest one at or below the floor. Commits, flushes and eviction change nothing it returns; a
    /// floor that rises while it runs may end the history of a key earlier, never below its newest version.
    /// </summary>
    /// <param name="range">The keys; <see cref="KeyRange.Exactly"/> for one.</param>
    /// <param name="at">The newest version to consider; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows and tombstones.</returns>
    /// <exception cref="BelowFloorException">Thrown while enumerating: the version is below the highest floor of the range.</exception>
    /// <exception cref="PersistentTierException">Thrown while enumerating: the persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CommitVersion at, CancellationToken cancellationToken = default);

    /// <summary>The same versions where they lie, in portions; allocates nothing per version. See <see cref="RowScan"/>.</summary>
    /// <param name="range">The keys; <see cref="KeyRange.Exactly"/> for one.</param>
    /// <param name="at">The newest version to consider; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <returns>The scan; its moment is that of this call. Dispose it.</returns>
    /// <exception cref="BelowFloorException">The version is below the highest floor of the range.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    RowScan OpenHistory(KeyRange range, CommitVersion at);
}
