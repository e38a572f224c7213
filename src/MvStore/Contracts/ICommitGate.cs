namespace MvStore.Contracts;

/// <summary>
/// Where a commit waits for room before it begins, seen from the committer (contract D5). Whoever reserved gives the reservation back once the commit is linked
/// or has failed, whatever happened: from then on what it took is measured. Never to be asked between begin and finish.
/// </summary>
internal interface ICommitGate
{
    /// <summary>A commit that needs no more than this many bytes may begin without asking; negative when none may. A relaxed load.</summary>
    long FreePass { get; }

    /// <summary>Reserves room if there is some and nobody waits. Never waits.</summary>
    /// <param name="bytes">What the commit needs.</param>
    /// <returns>Whether it may begin.</returns>
    /// <exception cref="CapacityExceededException">It is more than a limit.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    bool TryReserve(long bytes);

    /// <summary>Reserves room; waits for it behind those who came before.</summary>
    /// <param name="bytes">What the commit needs.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing is reserved.</param>
    /// <exception cref="CapacityExceededException">It is more than a limit, or the wait took too long.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken);

    /// <summary>Gives a reservation back.</summary>
    /// <param name="bytes">What was reserved.</param>
    void Release(long bytes);
}
