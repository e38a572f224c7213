namespace MvStore;

/// <summary>
/// Is told of every published commit, in publication order, by one task of its own. This is where an unset hands over its pre-image
/// (contract A1). A slow listener delays no commit, but what waits for it is held in memory. Exceptions are logged.
/// </summary>
public interface ICommitListener
{
    /// <summary>Takes one commit. Called by one thread at a time.</summary>
    /// <param name="commit">The commit.</param>
    void OnPublished(PublishedCommit commit);
}
