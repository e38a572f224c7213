namespace MvStore;

/// <summary>Tells whether a key is present at a version. May be called from any thread.</summary>
public interface IMultiVersionContains
{
    /// <summary>Whether a read of the key at the version would return a row (contract B3).</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="at">The version to read at; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>True when it would.</returns>
    /// <exception cref="BelowFloorException">The version is below the floor of the key: that of its kind, or its own if it was dropped.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<bool> ContainsAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default);
}
