namespace MvStore;

/// <summary>Steps back through the versions of a key. May be called from any thread.</summary>
public interface IMultiVersionGetPrevious
{
    /// <summary>The newest version of a key that is older than a version (contract B4).</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="before">
    /// The version to step back from. 0 has nothing before it; <see cref="CommitVersion.Latest"/> steps to the newest version.
    /// </param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>A row, a tombstone, the beginning of history, or "reclaimed" when the step leads below the floor.</returns>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<PreviousVersion> GetPreviousAsync(
        ReadOnlySpan<byte> key,
        CommitVersion before,
        CancellationToken cancellationToken = default);
}
