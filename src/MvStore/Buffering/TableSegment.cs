using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// One part of the table: a power of two of buckets, probed in line from a home bucket to the first one with a never-used slot. Address and size stand in one
/// word, so a reader gets both of one moment with one load, and needs no line of the segment besides the buckets it looks at.
/// </summary>
internal readonly unsafe struct TableSegment
{
    /// <summary>The fewest slots of a segment: two cache lines.</summary>
    public const ulong LeastCapacity = 16;

    private const int LineSize = 64;
    private const int BlockAlignment = 16;
    private const int ShiftPosition = 56;
    private const ulong AddressMask = ((1UL << ShiftPosition) - 1) & ~(ulong)(LineSize - 1);
    private const ulong PaddingMask = LineSize / BlockAlignment - 1;

    // Bits 56 to 63: by how much a hash without its segment bits is shifted to get the home bucket. Bits 0 and 1: how many times 16 bytes of its block are
    // before the first slot. The rest: where the slots are. 0: no segment.
    private readonly ulong _word;

    /// <summary>Takes a segment as its word says.</summary>
    public TableSegment(ulong word) => _word = word;

    /// <summary>What a directory keeps of it; 0 when there is none.</summary>
    public ulong Word => _word;

    /// <summary>Whether there is one.</summary>
    public bool Exists => _word != 0;

    /// <summary>The slots, at the beginning of a cache line. Owner: whoever holds the segment's lock. Release stores; readers acquire.</summary>
    public ulong* Slots => (ulong*)(_word & AddressMask);

    /// <summary>What the number of a bucket is cut off with.</summary>
    public ulong Mask => ulong.MaxValue >> Shift;

    /// <summary>How many slots it has.</summary>
    public ulong Capacity => (Mask + 1) * TableBucket.Count;

    /// <summary>How many bits of a hash, behind those that choose the segment, make the number of the home bucket.</summary>
    public int HomeBits => 64 - Shift;

    /// <summary>
    /// How many slots may be in use, tombstones included: five eighths. Then one bucket in six is full, a search for an absent key looks at 1.2 lines on average,
    /// and one in forty of the present keys is outside its home bucket. At three quarters an absent key would take 1.8 lines.
    /// </summary>
    public ulong Limit => Capacity / 8 * 5;

    /// <summary>The bytes it takes.</summary>
    public nuint Size => SizeOf(Capacity);

    private int Shift => (int)(_word >> ShiftPosition);

    /// <summary>The capacity for a number of records: with room for a third more until the limit is met, so that rebuilding is paid for.</summary>
    public static ulong CapacityFor(ulong records)
    {
        var capacity = LeastCapacity;
        while (capacity * 15 / 32 < records)
        {
            capacity *= 2;
        }

        return capacity;
    }

    /// <summary>Makes a segment that holds nothing.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for it.</exception>
    public static TableSegment Create(in HeapLease lease, ulong capacity)
    {
        var block = lease.Allocate(SizeOf(capacity));
        var slots = (ulong)(block + LineSize - BlockAlignment) & AddressMask;
        NativeMemory.Clear((void*)slots, (nuint)(capacity * sizeof(ulong)));
        var shift = 64 + TableBucket.Bits - BitOperations.Log2(capacity);
        return new TableSegment(slots | ((slots - (ulong)block) / BlockAlignment) | ((ulong)shift << ShiftPosition));
    }

    /// <summary>Gives its memory back once no reader can look at it. It must be published no more.</summary>
    public void Retire(in HeapLease lease)
        => lease.Retire((byte*)Slots - ((_word & PaddingMask) * BlockAlignment), Size);

    /// <summary>The number of the bucket where the search for a hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HomeOf(ulong hash) => hash << TableSlot.SegmentBits >> Shift;

    /// <summary>The same from a tag (<see cref="TableSlot.Tag"/>): right as long as <see cref="HomeBits"/> is not more than <see cref="TableSlot.TagBits"/>.</summary>
    public ulong HomeOfTag(ulong tag) => tag >> Shift;

    /// <summary>A bucket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TableBucket BucketAt(ulong number) => new(Slots + (number * TableBucket.Count));

    /// <summary>
    /// Where a record belongs: the slot of this very record or of another one with its key, or else the first free slot of the probe. The whole probe is
    /// looked at before a free slot is taken, or else a key could come to stand in two. Under the segment's lock, which also keeps every record in a slot
    /// alive: a record is retired only after it was taken out under the lock.
    /// </summary>
    public ulong* PlaceFor(ulong hash, NativeRecord* record)
    {
        var tag = TableSlot.TagOf(hash);
        ulong* free = null;
        for (var number = HomeOf(hash); ; number = (number + 1) & Mask)
        {
            var bucket = BucketAt(number);
            for (var matches = bucket.WithTag(tag); matches != 0; matches &= matches - 1)
            {
                var index = BitOperations.TrailingZeroCount(matches);
                var slot = bucket.At(index);
                if (slot.HoldsRecord
                    && (slot.Record == record || NativeRecord.KeyOf(slot.Record).SequenceEqual(NativeRecord.KeyOf(record))))
                {
                    return bucket.PlaceAt(index);
                }
            }

            var neverUsed = bucket.EqualTo(TableSlot.NeverUsed);
            var fit = bucket.EqualTo(TableSlot.Tombstone) | neverUsed;
            free = free == null && fit != 0 ? bucket.PlaceAt(BitOperations.TrailingZeroCount(fit)) : free;
            if (neverUsed != 0)
            {
                return free;
            }
        }
    }

    /// <summary>The slot of this very record, or null. Under the segment's lock.</summary>
    public ulong* PlaceOf(ulong hash, NativeRecord* record)
    {
        var word = new TableSlot(record, TableSlot.TagOf(hash)).Word;
        for (var number = HomeOf(hash); ; number = (number + 1) & Mask)
        {
            var bucket = BucketAt(number);
            var matches = bucket.EqualTo(word);
            if (matches != 0)
            {
                return bucket.PlaceAt(BitOperations.TrailingZeroCount(matches));
            }

            if (bucket.EqualTo(TableSlot.NeverUsed) != 0)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// Empties a slot. If its bucket has a never-used slot, no probe goes past the bucket, and the slot becomes never-used like that one. Else probes may go past,
    /// and it becomes a tombstone. Under the segment's lock.
    /// </summary>
    /// <returns>Whether the slot is never-used again.</returns>
    public bool Clear(ulong* place)
    {
        var bucket = new TableBucket((ulong*)((ulong)place & AddressMask));
        var ends = bucket.EqualTo(TableSlot.NeverUsed) != 0;
        Volatile.Write(ref *place, ends ? TableSlot.NeverUsed : TableSlot.Tombstone);
        return ends;
    }

    /// <summary>Puts a record, which is in no slot of it, into the first free one. Only while nobody else can reach the segment.</summary>
    /// <param name="home">The number of the record's home bucket.</param>
    /// <param name="slot">The slot's content.</param>
    public void Fill(ulong home, TableSlot slot)
    {
        for (var number = home; ; number = (number + 1) & Mask)
        {
            var neverUsed = BucketAt(number).EqualTo(TableSlot.NeverUsed);
            if (neverUsed != 0)
            {
                *BucketAt(number).PlaceAt(BitOperations.TrailingZeroCount(neverUsed)) = slot.Word;
                return;
            }
        }
    }

    // A block begins at a multiple of 16; so much more, and a cache line begins in time.
    private static nuint SizeOf(ulong capacity) => (nuint)((capacity * sizeof(ulong)) + LineSize - BlockAlignment);
}
