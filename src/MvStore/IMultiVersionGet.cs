namespace MvStore;

/// <summary>Reads one key at a version. May be called from any thread.</summary>
public interface IMultiVersionGet
{
    /// <summary>
    /// The row of a key at a version: its newest version at or below it (contract B1, B2). Completes synchronously when the answer is
    /// in the buffer.
    /// </summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="at">The version to read at; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>The row, or null when the key is deleted or has no version there.</returns>
    /// <exception cref="BelowFloorException">The version is below the floor of the key: that of its kind, or its own if it was dropped.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default);
}
