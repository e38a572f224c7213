namespace MvStore;

/// <summary>
/// The store has stopped for writing after a failure whose outcome is unknown or final (contract D4). Every later commit and wait
/// throws this with the first cause; what is in memory stays readable. Reopening the store decides what is on disk.
/// </summary>
public sealed class StoreFailedException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="cause">The first failure.</param>
    public StoreFailedException(Exception cause)
        : base(
            "The store has stopped for writing after a failure of its persistent tier or its commit log; what was not acknowledged as durable "
                + "may or may not be on disk. Dispose and reopen it.",
            cause)
    {
    }
}
