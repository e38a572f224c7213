namespace MvStore;

/// <summary>The commit log could not do what it was asked.</summary>
public sealed class CommitLogException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">What kind of failure it is: those of a persistent tier, with the same consequences.</param>
    /// <param name="message">What happened and what to do; never key or value bytes (contract F8).</param>
    /// <param name="inner">The cause, if there is one.</param>
    public CommitLogException(TierFailure failure, string message, Exception? inner = null)
        : base(message, inner)
        => Failure = failure;

    /// <summary>What kind of failure it is.</summary>
    /// <value>
    /// <see cref="TierFailure.Transient"/>: the disk is full; the log goes on when there is space. <see cref="TierFailure.InDoubt"/>: a write or sync failed, and
    /// the store has stopped for writing. <see cref="TierFailure.Damaged"/>: the log lacks what was durable, and
    /// <see cref="CommitLogOptions.OnDamage"/> says what opening does about it. <see cref="TierFailure.Fatal"/>: trying again cannot help.
    /// </value>
    public TierFailure Failure { get; }
}
