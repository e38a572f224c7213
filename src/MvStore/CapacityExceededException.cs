namespace MvStore;

/// <summary>
/// A commit was refused because there was no room for it (contract D5): it waited <see cref="BufferOptions.MaxStall"/> in vain, or it alone needs more than the
/// limit. Nothing was applied; unless it is too large in itself, it can be tried again. The inner exception, if there is one, is the failure that keeps the
/// flusher from making room.
/// </summary>
public sealed class CapacityExceededException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="reason">What there was no room in.</param>
    /// <param name="commitBytes">What the commit needs, about.</param>
    /// <param name="usedBytes">What was in use when it was refused.</param>
    /// <param name="limitBytes">What may be in use.</param>
    /// <param name="waited">How long it had waited.</param>
    /// <param name="inner">What keeps room from being made, if that is known.</param>
    public CapacityExceededException(
        StallReason reason,
        long commitBytes,
        long usedBytes,
        long limitBytes,
        TimeSpan waited,
        Exception? inner = null)
        : base(
            commitBytes > limitBytes
                ? $"The commit alone needs about {commitBytes} bytes, and the limit ({reason}) is {limitBytes}. Nothing was applied. Cut it, or raise the limit."
                : $"There was no room for the commit ({reason}): it needs about {commitBytes} bytes, {usedBytes} of {limitBytes} were in use, and it waited {waited}. "
                    + "Nothing was applied.",
            inner)
    {
        Reason = reason;
        CommitBytes = commitBytes;
        UsedBytes = usedBytes;
        LimitBytes = limitBytes;
        Waited = waited;
    }

    /// <summary>What there was no room in.</summary>
    public StallReason Reason { get; }

    /// <summary>What the commit needs, in bytes: an estimate that is seldom too low.</summary>
    public long CommitBytes { get; }

    /// <summary>The bytes that were in use when it was refused.</summary>
    public long UsedBytes { get; }

    /// <summary>The bytes that may be in use.</summary>
    public long LimitBytes { get; }

    /// <summary>How long it had waited; zero when it was refused at once.</summary>
    public TimeSpan Waited { get; }
}
