namespace MvStore.Contracts;

/// <summary>What is done about a failure of the persistent tier.</summary>
internal enum TierReaction
{
    /// <summary>The caller gets the failure; the store goes on.</summary>
    GiveUp,

    /// <summary>The call is made again after a pause.</summary>
    Repeat,

    /// <summary>After a pause the tier is asked whether the write has arrived; if not, it is made again.</summary>
    Resolve,

    /// <summary>The caller gets the failure, and the store writes nothing more (I9).</summary>
    Stop,
}
