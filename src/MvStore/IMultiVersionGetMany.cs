namespace MvStore;

/// <summary>Reads many keys at one version and one moment. May be called from any thread.</summary>
public interface IMultiVersionGetMany
{
    /// <summary>The rows of some keys, all at one moment (contract B3).</summary>
    /// <param name="keys">The keys, in any order; repeated keys count once. Must not change during the call.</param>
    /// <param name="at">The version to read at; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>The rows that are present, in key order.</returns>
    /// <exception cref="BelowFloorException">The version is below the floor of one of the keys.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<IReadOnlyList<VersionedRow>> GetManyAsync(
        IReadOnlyCollection<ReadOnlyMemory<byte>> keys,
        CommitVersion at,
        CancellationToken cancellationToken = default);
}
