namespace MvStore;

/// <summary>The files are not a store, or one of a newer format (contract F5). They were not touched.</summary>
public sealed class StoreFormatException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was found and what is understood.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public StoreFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
