using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// Finds records by the hash of their key: open addressing with linear probing over buckets of one cache line (Knuth, "The Art of Computer Programming",
/// volume 3, 6.4; the comparison of a whole bucket at once as in Abseil's Swiss tables), split into segments by the highest bits of the hash, each grown and
/// shrunk by itself.
/// </summary>
/// <remarks>
/// <para>Writers of one segment exclude each other by its lock. Readers take no lock and never start over. What makes that right:</para>
/// <para>1. A record never moves inside a segment. While it is there, no bucket between its home bucket and its own has a never-used slot: a slot becomes
/// never-used only in a bucket that has another one. So a reader that goes from the home bucket to the first bucket with a never-used slot comes past the
/// record, whatever else changes on the way. Insertion looks at the whole probe first, so a key is in one slot at most; a removed record is replaced in its
/// slot by one store.</para>
/// <para>2. A segment is rebuilt privately, filled, and published by one release store; after that the old one never changes again. A reader that holds the old
/// one can only lack what was added later. It captured its view (S, P) before it loaded the segment, and an entry is published only after its record was
/// added; so what it lacks is not in its view. The same holds for a free slot that is filled behind the reader's back.</para>
/// <para>3. The old segment and the records taken out of a table are retired, not freed: a reader that is inside an epoch may still look at them.</para>
/// <para>The tag in a slot also says the home bucket, so a rebuild reads one array from front to back and writes another in almost the same order, and
/// looks at no record, until a segment has more than 2^20 buckets. The tag tells keys of one bucket apart by the bits it has beyond those: 10 of 20 at a million
/// keys, 4 at a hundred million.</para>
/// </remarks>
internal sealed unsafe class RecordTable
{
    // How far ahead of the lookups their two cache misses are begun.
    private const int Distance = 8;

    private readonly SegmentState[] _states = new SegmentState[SegmentDirectory.Count];
    private readonly Func<ReadOnlySpan<byte>, ulong> _hash;
    private readonly int _homeBitsInTag;

    // Each word: owner and ordering as SegmentDirectory says.
    private SegmentDirectory _segments;

    /// <summary>Makes a table that holds nothing and takes no unmanaged memory yet.</summary>
    /// <param name="heap">The heap it lives in.</param>
    public RecordTable(NativeHeap heap)
        : this(heap, KeyHash.Of, TableSlot.TagBits)
    {
    }

    /// <summary>The same for tests.</summary>
    /// <param name="heap">The heap it lives in.</param>
    /// <param name="hash">What callers hash keys with.</param>
    /// <param name="homeBitsInTag">A segment with more bits in a home position is rebuilt from the keys; at most <see cref="TableSlot.TagBits"/>.</param>
    internal RecordTable(NativeHeap heap, Func<ReadOnlySpan<byte>, ulong> hash, int homeBitsInTag)
    {
        Heap = heap;
        _hash = hash;
        _homeBitsInTag = homeBitsInTag;
    }

    /// <summary>The heap it lives in.</summary>
    public NativeHeap Heap { get; }

    /// <summary>How many records there are. While others write, a number that was right of each segment at some moment of the call.</summary>
    public long Count
    {
        get
        {
            var count = 0UL;
            foreach (ref readonly var state in _states.AsSpan())
            {
                count += state.Records;
            }

            return (long)count;
        }
    }

    /// <summary>The bytes of all segments, as the heap rounds them.</summary>
    public long UsedBytes
    {
        get
        {
            var bytes = 0L;
            for (var i = 0; i < SegmentDirectory.Count; i++)
            {
                var segment = SegmentAt(i);
                bytes += segment.Exists ? (long)NativeHeap.BlockSize(segment.Size) : 0;
            }

            return bytes;
        }
    }

    /// <summary>
    /// Fetches the bucket that <see cref="Find"/> will look at first into the cache, without waiting for it. In or outside an epoch: it follows no pointer, and
    /// to prefetch what is gone does no harm. Does nothing where the platform offers no such instruction.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        var segment = SegmentAt(IndexOf(hash));
        if (Sse.IsSupported && segment.Exists)
        {
            Sse.Prefetch0(segment.BucketAt(segment.HomeOf(hash)).PlaceAt(0));
        }
    }

    /// <summary>
    /// Fetches the record that <see cref="Find"/> will most likely return into the cache, without waiting for it. Waits for the bucket, so call
    /// <see cref="Prefetch"/> and some other work first. Inside an epoch.
    /// </summary>
    public void PrefetchRecord(ulong hash)
    {
        var segment = SegmentAt(IndexOf(hash));
        if (!Sse.IsSupported || !segment.Exists)
        {
            return;
        }

        var tag = TableSlot.TagOf(hash);
        for (var number = segment.HomeOf(hash); ; number = (number + 1) & segment.Mask)
        {
            var bucket = segment.BucketAt(number);
            var matches = bucket.WithTag(tag);
            if (matches != 0)
            {
                Sse.Prefetch0(bucket.At(BitOperations.TrailingZeroCount(matches)).Record);
                return;
            }

            if (bucket.EqualTo(TableSlot.NeverUsed) != 0)
            {
                return;
            }
        }
    }

    /// <summary>The record of a key, or null. It may be one that was removed. Wait-free; inside an epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NativeRecord* Find(ulong hash, ReadOnlySpan<byte> key)
    {
        var segment = SegmentAt(IndexOf(hash));
        if (!segment.Exists)
        {
            return null;
        }

        var tag = TableSlot.TagOf(hash);
        for (var number = segment.HomeOf(hash); ; number = (number + 1) & segment.Mask)
        {
            var bucket = segment.BucketAt(number);
            for (var matches = bucket.WithTag(tag); matches != 0; matches &= matches - 1)
            {
                var slot = bucket.At(BitOperations.TrailingZeroCount(matches));
                if (slot.HoldsRecord && HasKey(slot.Record, key))
                {
                    return slot.Record;
                }
            }

            if (bucket.EqualTo(TableSlot.NeverUsed) != 0)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// Finds the records of many keys; their cache misses overlap, which <see cref="Find"/> one after the other leaves to chance. Who has no such arrays does
    /// the same by hand: a <see cref="Prefetch"/> some keys ahead, a <see cref="PrefetchRecord"/> half as many ahead, then the <see cref="Find"/>.
    /// Inside an epoch.
    /// </summary>
    /// <param name="hashes">The hashes of the keys.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="records">Gets each key's record (<see cref="NativeRecord"/>), or 0.</param>
    public void FindMany(ReadOnlySpan<ulong> hashes, ReadOnlySpan<ReadOnlyMemory<byte>> keys, Span<nint> records)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hashes.Length, keys.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(records.Length, keys.Length);
        for (var i = -2 * Distance; i < keys.Length; i++)
        {
            if (i + (2 * Distance) < keys.Length)
            {
                Prefetch(hashes[i + (2 * Distance)]);
            }

            if (i >= -Distance && i + Distance < keys.Length)
            {
                PrefetchRecord(hashes[i + Distance]);
            }

            if (i >= 0)
            {
                records[i] = (nint)Find(hashes[i], keys[i].Span);
            }
        }
    }

    /// <summary>
    /// Makes sure that a record is found by its key; takes the place of a removed one with the same key. Only while an entry of the caller's own that is
    /// not published keeps the record from being removed.
    /// </summary>
    /// <exception cref="OutOfMemoryException">There is no memory for a larger segment. Nothing has changed.</exception>
    public void Add(in HeapLease lease, ulong hash, NativeRecord* record)
    {
        Debug.Assert(((ulong)record & 15) == 0 && (ulong)record >> 48 == 0, "a slot cannot hold the address");
        using var segment = Enter(IndexOf(hash));
        segment.Put(lease, hash, record);
    }

    /// <summary>Takes out this very record. Gives memory back when few are left; does not fail when there is none to do so.</summary>
    /// <returns>False when it is not there (any more).</returns>
    public bool Remove(in HeapLease lease, ulong hash, NativeRecord* record)
    {
        using var segment = Enter(IndexOf(hash));
        return segment.TakeOut(lease, hash, record);
    }

    /// <summary>Some record whose hash is near to another one, or null; it may be one that was removed. For samples. Wait-free; inside an epoch.</summary>
    public NativeRecord* FindNear(ulong hash)
    {
        var segment = SegmentAt(IndexOf(hash));
        if (segment.Exists)
        {
            // From any slot on: the first are those of the keys that came first.
            var bucket = segment.BucketAt(segment.HomeOf(hash));
            for (var i = 0; i < TableBucket.Count; i++)
            {
                if (bucket.At((int)((hash + (uint)i) % TableBucket.Count)) is { HoldsRecord: true } slot)
                {
                    return slot.Record;
                }
            }
        }

        return null;
    }

    /// <summary>Every record (<see cref="NativeRecord"/>), in no order. Only while nobody writes.</summary>
    public IEnumerable<nint> Records()
    {
        for (var i = 0; i < SegmentDirectory.Count; i++)
        {
            var capacity = SegmentAt(i).Exists ? SegmentAt(i).Capacity : 0;
            for (var position = 0UL; position < capacity; position++)
            {
                var slot = SlotAt(i, position);
                if (slot.HoldsRecord)
                {
                    yield return RecordIn(slot);
                }
            }
        }

        TableSlot SlotAt(int index, ulong position)
        {
            unsafe
            {
                return new TableSlot(SegmentAt(index).Slots[position]);
            }
        }

        static nint RecordIn(TableSlot slot)
        {
            unsafe
            {
                return (nint)slot.Record;
            }
        }
    }

    /// <summary>Checks every rule of the table. Only while nobody writes.</summary>
    /// <exception cref="InvalidOperationException">A rule is broken.</exception>
    public void CheckInvariants()
    {
        for (var i = 0; i < SegmentDirectory.Count; i++)
        {
            TableInvariants.Check(this, i, SegmentAt(i), in _states[i], _hash);
        }
    }

    /// <summary>Which segment a hash belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int IndexOf(ulong hash) => (int)(hash >> (64 - TableSlot.SegmentBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasKey(NativeRecord* record, ReadOnlySpan<byte> key)
    {
        if (record->KeyLength != key.Length)
        {
            return false;
        }

        return key.Length == Vector128<byte>.Count
            ? Vector128.Create(key) == Vector128.Load((byte*)record + NativeRecord.HeaderSize)
            : NativeRecord.KeyOf(record).SequenceEqual(key);
    }

    /// <summary>The segment now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TableSegment SegmentAt(int index) => new(Volatile.Read(ref WordAt(index)));

    /// <summary>A segment with its lock held.</summary>
    private SegmentWriter Enter(int index)
    {
        _states[index].Enter();
        return new SegmentWriter(ref WordAt(index), ref _states[index], _hash, _homeBitsInTag);
    }

    // The index has as many bits as the directory has words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong WordAt(int index) => ref Unsafe.Add(ref Unsafe.As<SegmentDirectory, ulong>(ref _segments), index);
}
