namespace MvStore.Contracts;

/// <summary>Keeps the first failure that stops the store for writing, and throws it to everyone who asks (I9).</summary>
internal sealed class FailureLatch
{
    // Owner: the first to fail, by compare-and-swap (full fence). Readers: acquire.
    private Exception? _cause;

    /// <summary>The first failure, or null.</summary>
    public Exception? Cause => Volatile.Read(ref _cause);

    /// <summary>Keeps a failure unless there is one already.</summary>
    /// <returns>Whether it was the first.</returns>
    public bool TrySet(Exception cause) => Interlocked.CompareExchange(ref _cause, cause, null) is null;

    /// <summary>Throws when there was a failure.</summary>
    /// <exception cref="StoreFailedException">There was one.</exception>
    public void ThrowIfSet()
    {
        if (Cause is { } cause)
        {
            throw new StoreFailedException(cause);
        }
    }
}
