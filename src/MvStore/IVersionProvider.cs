namespace MvStore;

/// <summary>
/// Gives versions to commits that the store makes by itself: removals of keys whose time to live is over (<see cref="MvStoreBuilder.UseVersionProvider"/>). Implemented by the host, or
/// <see cref="VersionSource"/>. Called by one run at a time, from any thread; must not wait for another run.
/// </summary>
public interface IVersionProvider
{
    /// <summary>
    /// A version that nobody else gets or got, in the same order as the host gives versions to its own commits: so above that of every commit of its own that has begun. One of the host's commits
    /// that has a lower version and begins only after the removal was published is older than the removal, as of any two commits the one with the lower version is, and stays hidden by it.
    /// A host whose commits may lie between version and commit for long can let the store wait here until they have begun. What is handed out need not be used.
    /// </summary>
    /// <param name="cancellationToken">The run is to end: the store is closing, or whoever asked for the run gave up.</param>
    /// <returns>The version, 1 to 2^63-1.</returns>
    ValueTask<CommitVersion> NextAsync(CancellationToken cancellationToken = default);
}
