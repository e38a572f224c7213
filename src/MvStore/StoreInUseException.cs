namespace MvStore;

/// <summary>Another process, or another store in this process, owns the files (contract F4).</summary>
public sealed class StoreInUseException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="store">What was to be opened.</param>
    /// <param name="inner">The cause.</param>
    public StoreInUseException(string store, Exception? inner = null)
        : base($"The store '{store}' is in use by another owner. One owner at a time: dispose the other store, or end its process.", inner)
    {
    }
}
