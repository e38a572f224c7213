namespace MvStore;

/// <summary>What otherwise happens in the background, one step at a time and on request. May be called from any thread.</summary>
public interface IMultiVersionMaintenance
{
    /// <summary>Flushes everything published so far to the persistent tier and waits for it.</summary>
    /// <param name="cancellationToken">Ends the wait, not the flush.</param>
    /// <returns>A task that completes when it is durable.</returns>
    /// <exception cref="DurabilityUnavailableException">The store works in memory only.</exception>
    /// <exception cref="DurabilityWaitCanceledException">The wait was cancelled.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops durable versions from memory until the buffer holds no more than some bytes (contract D6). What is not durable stays.
    /// </summary>
    /// <param name="targetBytes">The bytes to come down to; 0 for as little as possible. Not negative.</param>
    /// <returns>The bytes dropped.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetBytes"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    long Evict(long targetBytes);

    /// <summary>
    /// Raises the floor as far as retention allows, brings drops into force (contract A1), and reclaims, in both tiers, every version that no reader
    /// and no retention needs (contract E1, E2).
    /// </summary>
    /// <param name="cancellationToken">Stops between two steps; what was reclaimed stays reclaimed.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="PersistentTierException">
    /// The persistent tier could not do its part. After a transient failure trying again later is safe; after any other the store has stopped for
    /// writing.
    /// </exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<ReclamationReport> ReclaimAsync(CancellationToken cancellationToken = default);
}
