namespace MvStore;

/// <summary>
/// The commit log has reached <see cref="CommitLogOptions.MaxBytes"/>, and the persistent tier did not catch up within <see cref="CommitLogOptions.MaxWait"/>
/// (contract D5). Nothing was applied; trying again later is safe.
/// </summary>
public sealed class CommitLogFullException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="limit">The limit of the log, in bytes.</param>
    /// <param name="waited">How long the commit waited.</param>
    public CommitLogFullException(long limit, TimeSpan waited)
        : base(
            $"The commit log is at its limit of {limit} bytes (CommitLog.MaxBytes), and flushing did not make room within {waited} (CommitLog.MaxWait). "
                + "Nothing was applied.")
    {
        Limit = limit;
        Waited = waited;
    }

    /// <summary>The limit of the log, in bytes.</summary>
    public long Limit { get; }

    /// <summary>How long the commit waited.</summary>
    public TimeSpan Waited { get; }
}
