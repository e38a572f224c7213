namespace MvStore.Contracts;

/// <summary>Commits that are made only if nobody touched their keys meanwhile, seen from reclamation. One watch at a time.</summary>
internal interface IWatchedCommits
{
    /// <summary>Sets a watch. Every commit that begins from now on and touches one of its keys is noted in it.</summary>
    /// <param name="watch">The watch.</param>
    /// <returns>Completes when every commit that began before is published: a read that begins then sees it.</returns>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    Task WatchAsync(KeyWatch watch);

    /// <summary>Ends the watch, if one is set. Never fails.</summary>
    void EndWatch();

    /// <summary>Publishes a batch if none of the keys that <see cref="KeyWatch.Required"/> names was touched. Waits for nothing that a commit may wait for.</summary>
    /// <param name="batch">The deltas, of these keys only.</param>
    /// <param name="version">The version.</param>
    /// <param name="watch">The watch that is set.</param>
    /// <param name="cancellationToken">Before publication it leaves nothing; it is looked at no later.</param>
    /// <exception cref="BelowFloorException">The version is at or below the floor.</exception>
    /// <exception cref="DuplicateVersionException">One of the keys has an entry at this version.</exception>
    /// <exception cref="CapacityExceededException">It is more than there can ever be room for.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    ValueTask<WatchedOutcome> TryCommitAsync(WriteBatch batch, CommitVersion version, KeyWatch watch, CancellationToken cancellationToken);
}
