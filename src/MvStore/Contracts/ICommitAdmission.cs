namespace MvStore.Contracts;

/// <summary>
/// Holds commits back before they begin, while what they need is short (contract D5). Never asked between begin and finish. Any thread.
/// </summary>
internal interface ICommitAdmission
{
    /// <summary>Whether a commit may begin at once. Never waits.</summary>
    bool TryEnter();

    /// <summary>Waits until a commit may begin.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing was applied.</param>
    /// <exception cref="CommitLogFullException">It took too long.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    ValueTask EnterAsync(CancellationToken cancellationToken);
}
