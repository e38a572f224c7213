namespace MvStore;

/// <summary>
/// The deltas of one commit, in the order they were added; for a key that occurs twice the last one wins (contract A4). Keys and
/// values are copied when they are added (A11), and a batch can be committed again. Limits are checked at commit, because they belong
/// to the store. Not safe for concurrent changes; committing the same unchanging batch from several threads is safe.
/// </summary>
public sealed class WriteBatch
{
    private readonly List<Delta> _deltas;

    /// <summary>Makes an empty batch.</summary>
    public WriteBatch() => _deltas = [];

    /// <summary>Makes an empty batch with room for some deltas.</summary>
    /// <param name="capacity">How many deltas fit before the batch grows. Not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    public WriteBatch(int capacity) => _deltas = new List<Delta>(capacity);

    /// <summary>How many deltas were added, repeated keys included.</summary>
    public int Count => _deltas.Count;

    /// <summary>The deltas in the order they were added.</summary>
    public IReadOnlyList<Delta> Deltas => _deltas;

    /// <summary>Gives a key a value. An empty value is a value.</summary>
    /// <param name="key">The key; empty is allowed. Copied.</param>
    /// <param name="value">The value; empty is allowed. Copied.</param>
    /// <returns>This batch.</returns>
    public WriteBatch Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Add(DeltaKind.Set, key, value);

    /// <summary>Deletes a key and hands the value it had to commit listeners. An absent key is accepted (A8).</summary>
    /// <param name="key">The key. Copied.</param>
    /// <param name="preImage">The value the caller saw before deleting. Not compared with what is stored. Copied.</param>
    /// <returns>This batch.</returns>
    public WriteBatch Unset(ReadOnlySpan<byte> key, ReadOnlySpan<byte> preImage) => Add(DeltaKind.Unset, key, preImage);

    /// <summary>Deletes a key silently. An absent key is accepted (A8).</summary>
    /// <param name="key">The key. Copied.</param>
    /// <returns>This batch.</returns>
    public WriteBatch Remove(ReadOnlySpan<byte> key) => Add(DeltaKind.Remove, key, default);

    /// <summary>
    /// Gives up the history of a key: every version but the newest may be reclaimed as soon as no open snapshot needs it, however much
    /// history is kept otherwise. It deletes nothing that a reader at this version or above sees, and writes no entry.
    /// </summary>
    /// <remarks>
    /// The next reclamation that finds everything up to this commit's version published, and durable if there is a persistent tier, raises the
    /// floor of the key, and of no other, to this version. From then on reads of the key below it, and commits to it at or below it, fail with
    /// <see cref="BelowFloorException"/>; snapshots opened before keep their answers. That holds for an absent key as well. The store
    /// remembers the floor of each dropped key until the floor of its kind has passed it. As for any delta the last one of a key counts: after
    /// a <see cref="Set"/> of the same key in this batch only the drop is carried out, and nothing is set.
    /// </remarks>
    /// <param name="key">The key; it may be absent. Copied.</param>
    /// <returns>This batch.</returns>
    public WriteBatch Drop(ReadOnlySpan<byte> key) => Add(DeltaKind.Drop, key, default);

    /// <summary>Removes all deltas, keeping the capacity. Commits already made are not affected.</summary>
    /// <returns>This batch.</returns>
    public WriteBatch Clear()
    {
        _deltas.Clear();
        return this;
    }

    private WriteBatch Add(DeltaKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        // The arrays made here are never written again, so the store may keep them without a second copy.
        _deltas.Add(new Delta(kind, key.ToArray(), value.ToArray()));
        return this;
    }
}
