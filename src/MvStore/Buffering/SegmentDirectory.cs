using System.Runtime.CompilerServices;

namespace MvStore.Buffering;

/// <summary>The words of all segments of a table (<see cref="TableSegment.Word"/>), inside the table itself.</summary>
[InlineArray(Count)]
internal struct SegmentDirectory
{
    /// <summary>How many segments a table has.</summary>
    public const int Count = 1 << TableSlot.SegmentBits;

    // Owner of each word: whoever holds the segment's lock. Release store; readers acquire.
    private ulong _first;
}
