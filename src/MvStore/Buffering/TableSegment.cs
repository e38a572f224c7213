using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// One part of the table: a power of two of slots, probed in line from a home position. Address and size stand in one word, so a reader gets both of one
/// moment with one load, and needs no line of the segment besides the slots it looks at.
/// </summary>
internal readonly unsafe struct TableSegment
{
    /// <summary>The fewest slots of a segment: two cache lines.</summary>
    public const ulong LeastCapacity = 16;

    private const int ShiftPosition = 56;
    private const ulong AddressMask = (1UL << ShiftPosition) - 1;

    // Bits 56 to 63: by how much a hash without its segment bits is shifted to get a home position. The rest: where the slots are. 0: no segment.
    private readonly ulong _word;

    /// <summary>Takes a segment as its word says.</summary>
    public TableSegment(ulong word) => _word = word;

    private TableSegment(ulong* slots, int shift) => _word = (ulong)slots | ((ulong)shift << ShiftPosition);

    /// <summary>What a directory keeps of it; 0 when there is none.</summary>
    public ulong Word => _word;

    /// <summary>Whether there is one.</summary>
    public bool Exists => _word != 0;

    /// <summary>The slots. Owner: whoever holds the segment's lock. Release stores; readers acquire.</summary>
    public ulong* Slots => (ulong*)(_word & AddressMask);

    /// <summary>What a position is cut off with.</summary>
    public ulong Mask => ulong.MaxValue >> Shift;

    /// <summary>How many slots it has.</summary>
    public ulong Capacity => Mask + 1;

    /// <summary>The bits of a hash, behind those that choose the segment, that make a home position.</summary>
    public int HomeBits => 64 - Shift;

    /// <summary>
    /// How many slots may be in use, tombstones included: five eighths. A search for an absent key then looks at 4 slots at the worst and at 2 on average.
    /// </summary>
    public ulong Limit => Capacity / 8 * 5;

    /// <summary>The bytes it takes.</summary>
    public nuint Size => (nuint)(Capacity * sizeof(ulong));

    private int Shift => (int)(_word >> ShiftPosition);

    /// <summary>The capacity for a number of records: with room for at least a third more until the limit is met, so that rebuilding is paid for.</summary>
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
        var size = (nuint)(capacity * sizeof(ulong));
        var slots = (ulong*)lease.Allocate(size);
        NativeMemory.Clear(slots, size);
        return new TableSegment(slots, 64 - System.Numerics.BitOperations.Log2(capacity));
    }

    /// <summary>Where the search for a hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HomeOf(ulong hash) => hash << TableSlot.SegmentBits >> Shift;

    /// <summary>The same from a tag (<see cref="TableSlot.Tag"/>): right as long as <see cref="HomeBits"/> is not more than <see cref="TableSlot.TagBits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HomeOfTag(ulong tag) => tag >> Shift;

    /// <summary>
    /// Where a record belongs: the slot of this very record or of another one with its key, or else the first free slot of the probe. The whole probe is
    /// looked at before a free slot is taken, or else a key could come to stand in two. Under the segment's lock, which also keeps every record in a slot
    /// alive: a record is retired only after it was taken out under the lock.
    /// </summary>
    public ulong* PlaceFor(ulong hash, NativeRecord* record)
    {
        var tag = TableSlot.TagOf(hash);
        var mask = Mask;
        var slots = Slots;
        ulong* free = null;
        for (var i = HomeOf(hash); ; i = (i + 1) & mask)
        {
            var slot = new TableSlot(slots[i]);
            if (slot.IsNeverUsed)
            {
                return free != null ? free : slots + i;
            }

            if (slot.IsTombstone)
            {
                free = free != null ? free : slots + i;
            }
            else if (slot.HasTag(tag) && (slot.Record == record || NativeRecord.KeyOf(slot.Record).SequenceEqual(NativeRecord.KeyOf(record))))
            {
                return slots + i;
            }
        }
    }

    /// <summary>The slot of this very record, or null. Under the segment's lock.</summary>
    public ulong* PlaceOf(ulong hash, NativeRecord* record)
    {
        var wanted = new TableSlot(record, TableSlot.TagOf(hash)).Word;
        var mask = Mask;
        var slots = Slots;
        for (var i = HomeOf(hash); slots[i] != TableSlot.NeverUsed; i = (i + 1) & mask)
        {
            if (slots[i] == wanted)
            {
                return slots + i;
            }
        }

        return null;
    }

    /// <summary>
    /// Empties a slot: no probe goes past it if the next one was never used, and then none goes past the tombstones before it either. Else it becomes a
    /// tombstone. Under the segment's lock.
    /// </summary>
    /// <returns>How many slots count as never used again.</returns>
    public ulong Clear(ulong* place)
    {
        var slots = Slots;
        var mask = Mask;
        var i = (ulong)(place - slots);
        if (slots[(i + 1) & mask] != TableSlot.NeverUsed)
        {
            Volatile.Write(ref *place, TableSlot.Tombstone);
            return 0;
        }

        var cleared = 0UL;
        do
        {
            Volatile.Write(ref slots[i], TableSlot.NeverUsed);
            i = (i - 1) & mask;
            cleared++;
        }
        while (slots[i] == TableSlot.Tombstone);

        return cleared;
    }

    /// <summary>Puts a record, which is in no slot of it, into the first free one. Only while nobody else can reach the segment.</summary>
    /// <param name="home">The record's home position.</param>
    /// <param name="slot">The slot's content.</param>
    public void Fill(ulong home, TableSlot slot)
    {
        var slots = Slots;
        var mask = Mask;
        var i = home;
        while (slots[i] != TableSlot.NeverUsed)
        {
            i = (i + 1) & mask;
        }

        slots[i] = slot.Word;
    }
}
