using System.Collections;

namespace MvStore;

/// <summary>
/// The deltas of one commit, in the order they were added; for a key that occurs twice the last one wins (contract A4). Keys and
/// values are copied when they are added (A11), and a batch can be committed again. Limits are checked at commit, because they belong
/// to the store. Not safe for concurrent changes; committing the same unchanging batch from several threads is safe.
/// </summary>
/// <remarks>
/// The copies lie one behind the other in chunks that belong to the batch and never move. A store keeps no reference to them beyond the call that
/// commits, so a batch that is cleared and filled again allocates nothing once it has grown.
/// </remarks>
public sealed class WriteBatch
{
    private const int FirstChunk = 1_024;

    // Below the size from which on arrays are large objects.
    private const int LargestRegularChunk = 64 * 1_024;

    private static readonly byte[] NoChunk = [];

    private readonly List<byte[]> _chunks = [];
    private Item[] _items;
    private DeltaList? _deltas;

    // The chunk that is being filled, its place in the list, and how far it is filled.
    private byte[] _chunk = NoChunk;
    private int _chunkIndex = -1;
    private int _used;

    /// <summary>Makes an empty batch.</summary>
    public WriteBatch() => _items = [];

    /// <summary>Makes an empty batch with room for some deltas.</summary>
    /// <param name="capacity">How many deltas fit before the batch grows. Not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    public WriteBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _items = capacity == 0 ? [] : new Item[capacity];
    }

    /// <summary>How many deltas were added, repeated keys included.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// The deltas in the order they were added: a view of this batch. The memory of a delta stays valid and unchanged until <see cref="Clear"/>.
    /// </summary>
    public IReadOnlyList<Delta> Deltas => _deltas ??= new DeltaList(this);

    /// <summary>The deltas as they lie in memory.</summary>
    internal ReadOnlySpan<Item> Items => new(_items, 0, Count);

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

    /// <summary>
    /// Removes all deltas, keeping the capacity for those to come. Commits already made are not affected; what <see cref="Deltas"/> handed out is no
    /// longer valid.
    /// </summary>
    /// <returns>This batch.</returns>
    public WriteBatch Clear()
    {
        Count = 0;
        _used = 0;
        _chunkIndex = _chunks.Count == 0 ? -1 : 0;
        _chunk = _chunks.Count == 0 ? NoChunk : _chunks[0];
        return this;
    }

    private WriteBatch Add(DeltaKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var length = checked(key.Length + value.Length);
        if (length > _chunk.Length - _used)
        {
            EnterNextChunk(length);
        }

        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, checked(Count * 2)));
        }

        // Behind everything that can fail: a batch has a delta whole or not at all.
        key.CopyTo(_chunk.AsSpan(_used));
        value.CopyTo(_chunk.AsSpan(_used + key.Length));
        _items[Count++] = new Item(_chunk, _used, key.Length, value.Length, kind);
        _used += length;
        return this;
    }

    /// <summary>
    /// Goes on in the next chunk. One that is there from before <see cref="Clear"/> is used again if it is large enough and replaced if it is not, so
    /// that a place in the list never holds more than the largest need it has met.
    /// </summary>
    private void EnterNextChunk(int length)
    {
        var next = _chunkIndex + 1;
        var isThere = next < _chunks.Count;
        if (!isThere || _chunks[next].Length < length)
        {
            var regular = Math.Min(FirstChunk << Math.Min(next, 6), LargestRegularChunk);
            var chunk = GC.AllocateUninitializedArray<byte>(Math.Max(length, regular));
            if (isThere)
            {
                _chunks[next] = chunk;
            }
            else
            {
                _chunks.Add(chunk);
            }
        }

        _chunk = _chunks[next];
        _chunkIndex = next;
        _used = 0;
    }

    /// <summary>One delta: where its key lies; its value lies behind it.</summary>
    internal readonly struct Item(byte[] chunk, int offset, int keyLength, int valueLength, DeltaKind kind)
    {
        /// <summary>The chunk.</summary>
        public byte[] Chunk { get; } = chunk;

        /// <summary>Where in the chunk the key begins.</summary>
        public int Offset { get; } = offset;

        /// <summary>Bytes of the key.</summary>
        public int KeyLength { get; } = keyLength;

        /// <summary>Bytes of the value or pre-image.</summary>
        public int ValueLength { get; } = valueLength;

        /// <summary>What is done.</summary>
        public DeltaKind Kind { get; } = kind;

        /// <summary>The delta in its public shape. Copies nothing.</summary>
        public Delta ToDelta()
            => new(Kind, new ReadOnlyMemory<byte>(Chunk, Offset, KeyLength), new ReadOnlyMemory<byte>(Chunk, Offset + KeyLength, ValueLength));
    }

    /// <summary>The deltas as a list.</summary>
    private sealed class DeltaList(WriteBatch batch) : IReadOnlyList<Delta>
    {
        /// <inheritdoc/>
        public int Count => batch.Count;

        /// <inheritdoc/>
        public Delta this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfNegative(index);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, batch.Count);
                return batch._items[index].ToDelta();
            }
        }

        /// <inheritdoc/>
        public IEnumerator<Delta> GetEnumerator()
        {
            for (var i = 0; i < batch.Count; i++)
            {
                yield return batch._items[i].ToDelta();
            }
        }

        /// <inheritdoc/>
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
