namespace MvStore;

/// <summary>Writes versions. Every member may be called from any thread at any time.</summary>
public interface IMultiVersionCommit
{
    /// <summary>
    /// Publishes a batch at a version: all of it or nothing, for every reader (contract A1-A12). With
    /// <see cref="Durability.Buffered"/> the returned task is normally complete already.
    /// </summary>
    /// <param name="batch">The deltas. May be empty. Must not change until the call returns its task.</param>
    /// <param name="version">The version, 1 to 2^63-1. Late and sparse versions are fine.</param>
    /// <param name="durability">When to return. Default: once visible.</param>
    /// <param name="cancellationToken">
    /// Before publication it leaves nothing; after it, it ends the wait for durability only.
    /// </param>
    /// <returns>The version and its place in the order of publications.</returns>
    /// <exception cref="ArgumentException">A key or value is over its limit; the message names its index and the limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The version is 0 or above 2^63-1.</exception>
    /// <exception cref="DuplicateVersionException">One of the keys already has an entry at this version.</exception>
    /// <exception cref="CapacityExceededException">
    /// There was no room in memory: it waited <see cref="BufferOptions.MaxStall"/> in vain, or it alone is more than the limit.
    /// </exception>
    /// <exception cref="BelowFloorException">The version is at or below the floor.</exception>
    /// <exception cref="DurabilityUnavailableException">Durability was asked of a memory-only store.</exception>
    /// <exception cref="DurabilityWaitCanceledException">Cancelled after publication.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before publication.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<CommitReceipt> CommitAsync(
        WriteBatch batch,
        CommitVersion version,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// The same for threads that have nothing to do meanwhile: blocks until the commit is as durable as asked. With a commit log that nobody else is using just then, the calling
    /// thread writes and syncs itself, which is about twice as fast for a lone committer as handing over and being woken; where others commit durably at the same time, all share the writer's
    /// syncs as ever. Not for threads that must not block, and not for one thread that has many commits to make durable: it should start them all by <see cref="CommitAsync"/>.
    /// </summary>
    /// <param name="batch">The deltas. May be empty. Must not change until the call returns.</param>
    /// <param name="version">The version, 1 to 2^63-1. Late and sparse versions are fine.</param>
    /// <param name="durability">When to return. Default: once visible.</param>
    /// <param name="cancellationToken">
    /// As for <see cref="CommitAsync"/>. Default: none, which is also what lets the calling thread write itself: one that may be cancelled always leaves it to the writer.
    /// </param>
    /// <returns>The version and its place in the order of publications.</returns>
    /// <exception cref="ArgumentException">A key or value is over its limit; the message names its index and the limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The version is 0 or above 2^63-1.</exception>
    /// <exception cref="DuplicateVersionException">One of the keys already has an entry at this version.</exception>
    /// <exception cref="CapacityExceededException">
    /// There was no room in memory: it waited <see cref="BufferOptions.MaxStall"/> in vain, or it alone is more than the limit.
    /// </exception>
    /// <exception cref="BelowFloorException">The version is at or below the floor.</exception>
    /// <exception cref="DurabilityUnavailableException">Durability was asked of a memory-only store.</exception>
    /// <exception cref="DurabilityWaitCanceledException">Cancelled after publication.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before publication.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    CommitReceipt Commit(
        WriteBatch batch,
        CommitVersion version,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until every commit published at or below a version, as of this call, is on disk. Asks the flusher to get on with it.
    /// </summary>
    /// <param name="version">The version; <see cref="CommitVersion.Latest"/> for everything published so far.</param>
    /// <param name="cancellationToken">Ends the wait, not the flush.</param>
    /// <returns>A task that completes when it is.</returns>
    /// <exception cref="DurabilityUnavailableException">The store works in memory only.</exception>
    /// <exception cref="DurabilityWaitCanceledException">The wait was cancelled.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask WaitForDurableAsync(CommitVersion version, CancellationToken cancellationToken = default);
}
