namespace MvStore.Contracts;

/// <summary>How far the persistent tier has come, and waiting for it.</summary>
internal interface IDurability
{
    /// <summary>The durable mark (I4). An acquire load; moves before anything is evicted.</summary>
    ulong Sequence { get; }

    /// <summary>The highest version on disk. An acquire load; moves before anything is evicted.</summary>
    CommitVersion HighestVersion { get; }

    /// <summary>The highest version such that every published commit at or below it is on disk.</summary>
    CommitVersion Version { get; }

    /// <summary>Waits until a publication is on disk, and asks the flusher to get on with it.</summary>
    /// <param name="sequence">The publication.</param>
    /// <param name="version">The version to name when the wait is cancelled.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The receipt of the publication, so that a commit needs nothing between this wait and its caller. Never throws at once.</returns>
    ValueTask<CommitReceipt> WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken);

    /// <summary>
    /// Does on the caller's thread what a wait would be for, if that is possible here and nobody is at it. Called before a wait by whoever would block; changes nothing about that wait,
    /// which tells of failures too. Never throws.
    /// </summary>
    /// <param name="sequence">The publication.</param>
    void Bring(ulong sequence);
}
