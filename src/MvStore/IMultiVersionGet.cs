using System.Buffers;

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

    /// <summary>The same row, its value appended to a writer instead of a new array.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="at">The version to read at; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <param name="destination">Where the value goes. Untouched when there is no row, or the read fails.</param>
    /// <param name="cancellationToken">Cancels a read that must wait for the persistent tier.</param>
    /// <returns>The version the row was written at, or null when the key is deleted or has no version there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is null.</exception>
    /// <exception cref="BelowFloorException">The version is below the floor of the key's kind.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<CommitVersion?> CopyAsync(
        ReadOnlySpan<byte> key,
        CommitVersion at,
        IBufferWriter<byte> destination,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// The row where it lies in memory: no copy, no allocation, no lock, no wait (contract B11). Dispose it soon; see <see cref="GuardedRow"/>.
    /// </summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="at">The version to read at; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <param name="row">The row when the answer is <see cref="MemoryAnswer.Present"/>, otherwise an empty one.</param>
    /// <returns>What memory knows. A store that has never had to let anything leave memory knows everything.</returns>
    /// <exception cref="BelowFloorException">The version is below the floor of the key's kind.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    MemoryAnswer TryGet(ReadOnlySpan<byte> key, CommitVersion at, out GuardedRow row);
}
