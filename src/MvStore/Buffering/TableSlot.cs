using System.Runtime.CompilerServices;

namespace MvStore.Buffering;

/// <summary>
/// One word of a segment: never used, a tombstone, or a record with the tag of its hash. A record's address is below 2^48 and a multiple of 16, so 44
/// bits hold it, and the 20 above hold the tag.
/// </summary>
internal readonly unsafe struct TableSlot
{
    /// <summary>Bits of the tag.</summary>
    public const int TagBits = 20;

    /// <summary>How far up in the word the tag is.</summary>
    public const int TagShift = 64 - TagBits;

    /// <summary>The word of a slot in a bucket that no probe goes past. A new segment is all of these.</summary>
    public const ulong NeverUsed = 0;

    /// <summary>The word of a slot whose record was taken out of a bucket that probes may go past. No record's: its address would be 16.</summary>
    public const ulong Tombstone = 1;

    /// <summary>The bits of a hash that say which segment; the tag is right below them.</summary>
    public const int SegmentBits = 8;

    private const ulong TagMask = ulong.MaxValue << TagShift;

    /// <summary>Takes a slot as its word says.</summary>
    public TableSlot(ulong word) => Word = word;

    /// <summary>The slot of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="tag">What <see cref="TagOf"/> says of its hash.</param>
    public TableSlot(NativeRecord* record, ulong tag) => Word = tag | ((ulong)record >> 4);

    /// <summary>The word.</summary>
    public ulong Word { get; }

    /// <summary>Whether a probe ends here.</summary>
    public bool IsNeverUsed => Word == NeverUsed;

    /// <summary>Whether its record was taken out.</summary>
    public bool IsTombstone => Word == Tombstone;

    /// <summary>Whether there is a record in it.</summary>
    public bool HoldsRecord => Word > Tombstone;

    /// <summary>The record in it, if there is one.</summary>
    public NativeRecord* Record => (NativeRecord*)(Word << TagBits >> (TagBits - 4));

    /// <summary>The tag of the record in it, if there is one, where <see cref="TagOf"/> has it.</summary>
    public ulong Tag => Word & TagMask;

    /// <summary>The tag of a hash, in the highest bits: the <see cref="TagBits"/> below those that choose the segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TagOf(ulong hash) => (hash << SegmentBits) & TagMask;

    /// <summary>Whether it has a tag. An empty slot and a tombstone look as if they had the tag 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasTag(ulong tag) => (Word ^ tag) >> TagShift == 0;
}
