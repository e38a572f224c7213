namespace MvStore.Contracts;

/// <summary>Commits that are made only if nobody touched their keys meanwhile, seen from reclamation (I60).</summary>
internal interface IWatchedCommits
{
    /// <summary>Sets a watch. It takes note of every commit that begins from now on.</summary>
    /// <param name="watch">The watch.</param>
    /// <returns>Completes when every commit that began before is published: a read that begins then sees it.</returns>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    Task WatchAsync(CommitWatch watch);

    /// <summary>Ends a watch, if it is set. Never fails.</summary>
    /// <param name="watch">The watch.</param>
    void EndWatch(CommitWatch watch);

    /// <summary>Publishes a batch if its watch is not overtaken (<see cref="CommitWatch.IsOvertaken"/>). Waits for nothing that a commit may wait for.</summary>
    /// <param name="batch">The deltas.</param>
    /// <param name="version">The version.</param>
    /// <param name="watch">A watch that is set.</param>
    /// <param name="cancellationToken">Before publication it leaves nothing; it is looked at no later.</param>
    /// <exception cref="BelowFloorException">The version is at or below the floor.</exception>
    /// <exception cref="DuplicateVersionException">One of the keys has an entry at this version.</exception>
    /// <exception cref="CapacityExceededException">It is more than there can ever be room for.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    ValueTask<WatchedOutcome> TryCommitAsync(WriteBatch batch, CommitVersion version, CommitWatch watch, CancellationToken cancellationToken);
}
