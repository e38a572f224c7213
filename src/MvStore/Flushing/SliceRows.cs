using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;
using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>
/// The rows of a slice, copied out of the buffer in the order of keys, then of versions: the tier reads them one behind the other. Everything is in a few pooled arrays, of which only the list of
/// chunks holds references: a slice of a hundred thousand rows is nothing to the garbage collector. Belongs to who copies the slice, then to the flusher.
/// </summary>
internal sealed class SliceRows : IReadOnlyList<TierRow>, IDisposable
{
    private const int ChunkLength = 1 << 20;
    private const int Tombstone = -1;

    private readonly List<byte[]> _chunks = [];
    private Place[] _places;
    private readonly int _chunkLength;
    private int _used;

    /// <summary>Copies rows. They stay readable in the buffer, because they are published and not durable.</summary>
    /// <param name="commits">Whole commits whose rows were kept.</param>
    /// <param name="count">How many rows they have.</param>
    public SliceRows(IReadOnlyList<PreparedCommit> commits, int count)
    {
        _places = ArrayPool<Place>.Shared.Rent(count);
        _chunkLength = (int)Math.Clamp(commits.Sum(c => c.Bytes), 1, ChunkLength);
        using var ordered = new SliceOrder(commits, count);
        for (var i = 0; i < ordered.Count; i++)
        {
            _places[Count++] = Copy(ordered[i]);
            Superseded += i > 0 && IsOfSameKey(i - 1, i) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Bytes of the arrays that hold the rows.</summary>
    public long HeldBytes => _chunks.Sum(c => (long)c.Length) + ((long)_places.Length * Unsafe.SizeOf<Place>());

    /// <summary>How many are below another one of their key: what can be left out at most. As they were copied.</summary>
    public int Superseded { get; }

    /// <summary>
    /// Leaves out what a rule lets go (I36). The newest row of each key stays whatever the rule says: it may hide older ones that are in the persistent tier.
    /// </summary>
    /// <returns>How many were left out.</returns>
    public int LeaveOut(RetentionRule rule)
    {
        var left = 0;
        VersionStamp[] stamps = [];
        bool[] keep = [];
        for (var first = 0; first < Count;)
        {
            var end = first + 1;
            while (end < Count && IsOfSameKey(end - 1, end))
            {
                end++;
            }

            var length = end - first;
            if (length > keep.Length)
            {
                stamps = new VersionStamp[length * 2];
                keep = new bool[length * 2];
            }

            for (var i = 0; length > 1 && i < length; i++)
            {
                ref readonly var place = ref _places[end - 1 - i];
                stamps[i] = new VersionStamp(place.Version, place.Sequence);
            }

            var goes = length > 1 && rule.Decide(KeyOf(_places[first]), stamps.AsSpan(0, length), keep.AsSpan(0, length)) > 0;
            for (var i = first; i < end; i++)
            {
                if (!goes || i == end - 1 || keep[end - 1 - i])
                {
                    _places[left++] = _places[i];
                }
            }

            first = end;
        }

        var leftOut = Count - left;
        Count = left;
        return leftOut;
    }

    /// <inheritdoc/>
    public TierRow this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ref readonly var place = ref _places[index];
            var chunk = _chunks[place.Chunk];
            var value = place.ValueLength == Tombstone
                ? default(ReadOnlyMemory<byte>?)
                : new ReadOnlyMemory<byte>(chunk, place.Offset + place.KeyLength, place.ValueLength);
            return new TierRow(new ReadOnlyMemory<byte>(chunk, place.Offset, place.KeyLength), place.Version, place.Sequence, value);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<TierRow> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gives the memory back. There are no rows any more.</summary>
    public void Dispose()
    {
        Count = 0;
        _chunks.ForEach(c => ArrayPool<byte>.Shared.Return(c));
        _chunks.Clear();
        if (_places.Length > 0)
        {
            ArrayPool<Place>.Shared.Return(_places);
            _places = [];
        }
    }

    private Place Copy(in BufferedRow row)
    {
        var key = row.Key;
        var value = row.Value;
        var length = checked(key.Length + value.Length);
        if (_chunks.Count == 0 || length > _chunks[^1].Length - _used)
        {
            _chunks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(length, _chunkLength)));
            _used = 0;
        }

        var place = new Place
        {
            Version = row.Version.Value,
            Sequence = row.Sequence,
            Chunk = _chunks.Count - 1,
            Offset = _used,
            KeyLength = key.Length,
            ValueLength = row.IsTombstone ? Tombstone : value.Length,
        };
        key.CopyTo(_chunks[^1].AsSpan(_used));
        value.CopyTo(_chunks[^1].AsSpan(_used + key.Length));
        _used += length;
        return place;
    }

    private bool IsOfSameKey(int left, int right) => KeyOf(_places[left]).SequenceEqual(KeyOf(_places[right]));

    private ReadOnlySpan<byte> KeyOf(in Place place) => new(_chunks[place.Chunk], place.Offset, place.KeyLength);

    /// <summary>Where a row lies.</summary>
    private struct Place
    {
        public ulong Version;
        public ulong Sequence;
        public int Chunk;
        public int Offset;
        public int KeyLength;
        public int ValueLength;
    }
}
