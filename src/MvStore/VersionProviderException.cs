namespace MvStore;

/// <summary>
/// Keys whose time to live is over could not be removed, because there was no version for the commit: the host's <see cref="IVersionProvider"/> failed, there is none, or what it handed out
/// cannot be used. What was removed before stays removed; the next run goes on.
/// </summary>
public sealed class VersionProviderException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="problem">What went wrong, as a sentence.</param>
    /// <param name="inner">What the provider, or the commit, threw; null when nothing was.</param>
    public VersionProviderException(string problem, Exception? inner = null)
        : base($"{problem} Nothing expires until there is a version for it.", inner)
    {
    }
}
