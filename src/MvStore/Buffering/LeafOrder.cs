using System.Numerics;
using System.Runtime.CompilerServices;

namespace MvStore.Buffering;

/// <summary>Puts what a leaf holds in order: the sorted part as it is, and each record of the tail where it belongs.</summary>
internal static unsafe class LeafOrder
{
    /// <summary>Copies a leaf in order: all that it publishes at this moment, once.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="heads">Where the heads go.</param>
    /// <param name="records">Where the records go.</param>
    /// <param name="added">A bit for each place that a record of the tail went to.</param>
    /// <returns>How many records.</returns>
    public static int Copy(RecordLeaf* leaf, long* heads, nint* records, out ulong added)
    {
        var count = leaf->Count;
        var sorted = leaf->Sorted;
        if (!TryPlaceTail(leaf, sorted, count, heads, records, out added))
        {
            CopyByKeys(leaf, sorted, count, heads, records, out added);
            return count;
        }

        var source = RecordLeaf.HeadsOf(leaf);
        var free = ~added;
        for (var i = 0; i < sorted; i++)
        {
            var to = BitOperations.TrailingZeroCount(free);
            free &= free - 1;
            heads[to] = source[i];
            records[to] = (nint)RecordLeaf.RecordAt(leaf, i);
        }

        return count;
    }

    /// <summary>Whether a record belongs behind another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAbove(long leftHead, nint left, long rightHead, nint right)
        => leftHead > rightHead
            || (leftHead == rightHead && NativeRecord.KeyOf((NativeRecord*)left).SequenceCompareTo(NativeRecord.KeyOf((NativeRecord*)right)) > 0);

    /// <summary>
    /// Puts each record of the tail where the heads say it belongs: behind as many as have lower heads. That takes no branch that depends on the keys.
    /// </summary>
    /// <returns>False when two heads are equal, so that the keys have to be compared.</returns>
    private static bool TryPlaceTail(RecordLeaf* leaf, int sorted, int count, long* heads, nint* records, out ulong added)
    {
        var source = RecordLeaf.HeadsOf(leaf);
        added = 0;
        for (var i = sorted; i < count; i++)
        {
            var head = source[i];
            var below = KeyHead.CountBelow(source, sorted, head);
            var to = below + KeyHead.CountBelowUnordered(source + sorted, count - sorted, head);
            var bit = 1UL << to;
            if ((added & bit) != 0 || (below < sorted && source[below] == head))
            {
                return false;
            }

            added |= bit;
            heads[to] = head;
            records[to] = (nint)RecordLeaf.RecordAt(leaf, i);
        }

        return true;
    }

    [SkipLocalsInit]
    private static void CopyByKeys(RecordLeaf* leaf, int sorted, int count, long* heads, nint* records, out ulong added)
    {
        var source = RecordLeaf.HeadsOf(leaf);
        var tailHeads = stackalloc long[RecordLeaf.Slots];
        var tailRecords = stackalloc nint[RecordLeaf.Slots];
        var tail = 0;
        for (var i = sorted; i < count; i++, tail++)
        {
            var record = (nint)RecordLeaf.RecordAt(leaf, i);
            var at = tail;
            for (; at > 0 && IsAbove(tailHeads[at - 1], tailRecords[at - 1], source[i], record); at--)
            {
                tailHeads[at] = tailHeads[at - 1];
                tailRecords[at] = tailRecords[at - 1];
            }

            tailHeads[at] = source[i];
            tailRecords[at] = record;
        }

        // From the greatest down.
        added = 0;
        for (var to = count - 1; to >= 0; to--)
        {
            var isOfTail = sorted == 0
                || (tail > 0 && !IsAbove(source[sorted - 1], (nint)RecordLeaf.RecordAt(leaf, sorted - 1), tailHeads[tail - 1], tailRecords[tail - 1]));
            if (isOfTail)
            {
                tail--;
                heads[to] = tailHeads[tail];
                records[to] = tailRecords[tail];
                added |= 1UL << to;
            }
            else
            {
                sorted--;
                heads[to] = source[sorted];
                records[to] = (nint)RecordLeaf.RecordAt(leaf, sorted);
            }
        }
    }
}
