namespace MvStore;

/// <summary>The base of every failure that is the store's and not the caller's argument.</summary>
public abstract class MvStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened and what to do; never key or value bytes (contract F8).</param>
    /// <param name="inner">The cause, if there is one.</param>
    protected MvStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
