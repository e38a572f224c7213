namespace MvStore;

/// <summary>Disposing the store could not flush everything within its time limit (contract D9). The store is closed all the same.</summary>
public sealed class FlushTimeoutException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="limit">The limit that was exceeded.</param>
    /// <param name="unflushedCommits">How many published commits did not reach the persistent tier.</param>
    /// <param name="inner">The last failed attempt, if there was one.</param>
    public FlushTimeoutException(TimeSpan limit, int unflushedCommits, Exception? inner = null)
        : base(
            $"The store was disposed, but {unflushedCommits} commits did not reach the persistent tier within {limit}; "
                + "they are lost unless they were acknowledged as durable or are in the commit log.",
            inner)
    {
        Limit = limit;
        UnflushedCommits = unflushedCommits;
    }

    /// <summary>The limit that was exceeded.</summary>
    public TimeSpan Limit { get; }

    /// <summary>How many published commits did not reach the persistent tier.</summary>
    public int UnflushedCommits { get; }
}
