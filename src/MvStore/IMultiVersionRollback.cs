namespace MvStore;

/// <summary>
/// Goes back to an earlier state of a range of keys while the store is in use, by a commit like any other: readers are undisturbed, the history in between stays readable as long as retention
/// keeps it, and a rollback can itself be rolled back. May be called from any thread.
/// </summary>
public interface IMultiVersionRollback
{
    /// <summary>
    /// Commits, at a version, what restores the state that a range had at an earlier version: keys that differ get the value they had, or are removed if they had none. Keys whose value is the same
    /// are not written. All of it or nothing, for every reader.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It is exact: of all publications up to its own, a reader at <paramref name="version"/> sees in the range what a reader at <paramref name="target"/> sees. Commits that begin meanwhile at or below
    /// <paramref name="version"/> and touch the range make it start over, so it ends only once they pause; choose a version above those that were handed out. Commits above
    /// <paramref name="version"/> stand, and so does a late one below it that is published afterwards: where it writes a key that the rollback did not need to write, it is what is visible.
    /// </para>
    /// <para>
    /// The commit is held in memory whole, so it must be within the limits of one commit: <see cref="BufferOptions.HardLimit"/>, <see cref="CommitLogOptions.MaxBytes"/> and
    /// what the persistent tier takes at once. Roll a larger range back in parts. Deletions are silent: listeners are told no pre-image.
    /// </para>
    /// </remarks>
    /// <param name="target">The version whose state is restored; 0 for the state before every commit. Below <paramref name="version"/>. It is pinned until the call ends.</param>
    /// <param name="version">The version of the commit, 1 to 2^63-1. A late one is fine.</param>
    /// <param name="range">The keys. Default: all.</param>
    /// <param name="durability">When to return. Default: once visible.</param>
    /// <param name="cancellationToken">Before publication it leaves nothing; after it, it ends the wait for durability only.</param>
    /// <returns>The commit, and how many keys it set and removed. The commit is made, without any key, also if nothing differs.</returns>
    /// <exception cref="ArgumentException">A value that is restored is over a limit that was higher when it was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="version"/> is 0 or above 2^63-1, or <paramref name="target"/> is not below it.</exception>
    /// <exception cref="BelowFloorException">
    /// <paramref name="target"/> is below the highest floor of the range, or fell below it before a start over that has to read it anew; or <paramref name="version"/> is at or below it.
    /// </exception>
    /// <exception cref="RollbackTooLargeException">It is more than one commit may be; the exception names the limit. Nothing was applied.</exception>
    /// <exception cref="CapacityExceededException">There was no room in memory: it waited <see cref="BufferOptions.MaxStall"/> in vain. Nothing was applied.</exception>
    /// <exception cref="DuplicateVersionException">A key that differs has an entry at <paramref name="version"/> already. Nothing was applied.</exception>
    /// <exception cref="DurabilityUnavailableException">Durability was asked of a memory-only store.</exception>
    /// <exception cref="DurabilityWaitCanceledException">Cancelled after publication.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before publication.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<RollbackReceipt> RollBackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default);

    /// <summary>Tells what <see cref="RollBackAsync"/> would do now, and changes nothing. Keeps nothing in memory, so it also tells of what is more than one commit may be.</summary>
    /// <param name="target">The version whose state would be restored. Below <paramref name="version"/>. It is pinned until the call ends.</param>
    /// <param name="version">The version that the commit would have, 1 to 2^63-1.</param>
    /// <param name="range">The keys. Default: all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The prediction; exact if no commit touches the range meanwhile.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="version"/> is 0 or above 2^63-1, or <paramref name="target"/> is not below it.</exception>
    /// <exception cref="BelowFloorException"><paramref name="target"/> is below the highest floor of the range, or <paramref name="version"/> is.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<RollbackPreview> PreviewRollbackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        CancellationToken cancellationToken = default);
}
