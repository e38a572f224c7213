namespace MvStore.Contracts;

/// <summary>What stands before the persistent tier: the commit log, seen from the flusher. Called by the flusher alone.</summary>
internal interface IFlushBarrier
{
    /// <summary>
    /// Waits until publications are in the log: before that nobody may let go of their rows (I14). While the log cannot go on it returns as soon as there is
    /// anything to flush, because that is what makes room.
    /// </summary>
    /// <param name="flushed">What the persistent tier has.</param>
    /// <param name="last">The newest publication that is to be flushed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The newest publication that may be flushed: above what the tier has.</returns>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    ValueTask<ulong> ReachAsync(ulong flushed, ulong last, CancellationToken cancellationToken);

    /// <summary>Takes note that the persistent tier has publications, durably: the log need not keep them (I17).</summary>
    /// <param name="sequence">Up to which one.</param>
    void Release(ulong sequence);
}
