namespace MvStore;

/// <summary>A persistent tier could not do what it was asked.</summary>
public sealed class PersistentTierException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">What kind of failure it is; decides whether the engine tries again.</param>
    /// <param name="message">What happened; never key or value bytes (contract F8).</param>
    /// <param name="inner">The cause in the tier's own terms.</param>
    public PersistentTierException(TierFailure failure, string message, Exception? inner = null)
        : base(message, inner)
        => Failure = failure;

    /// <summary>What kind of failure it is.</summary>
    public TierFailure Failure { get; }

    /// <summary>
    /// The key of the damaged entry, floor or drop; null when the failure is not about one key. As stored, so its bytes may be what is damaged.
    /// Kept out of the message (contract F8).
    /// </summary>
    /// <value>Default null.</value>
    public ReadOnlyMemory<byte>? Key { get; init; }
}
