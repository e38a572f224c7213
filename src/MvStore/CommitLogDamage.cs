namespace MvStore;

/// <summary>What opening does with a commit log that lacks what was durable. A torn end that was never durable is no damage: it is cut and reported.</summary>
public enum CommitLogDamage
{
    /// <summary>
    /// Opening fails with a <see cref="CommitLogException"/> of <see cref="TierFailure.Damaged"/> that says how far the log can be read, and how far it was
    /// durable. Nothing is changed. The default.
    /// </summary>
    Refuse,

    /// <summary>
    /// Opening recovers the whole commits before the damage and goes on from there, with a warning in the store's log. What lies behind the damage is lost for
    /// good, acknowledged commits included: copy the directory first.
    /// </summary>
    KeepPrefix,
}
