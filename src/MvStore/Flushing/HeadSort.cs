using System.Buffers;

namespace MvStore.Flushing;

/// <summary>
/// Sorts numbers and moves what belongs to each along: byte by byte from the lowest, into 256 places, in as many passes as there are bytes in which the numbers differ. Heads of keys mostly differ
/// in few, and no pass has to guess the outcome of a comparison. Equal numbers keep their order.
/// </summary>
internal static class HeadSort
{
    private const int Bytes = sizeof(ulong);
    private const int Values = 256;

    // Below, what is counted for each pass is more than what is sorted.
    private const int LeastCounted = 512;

    /// <summary>Sorts.</summary>
    /// <param name="heads">The numbers.</param>
    /// <param name="items">What belongs to them; as many.</param>
    public static void Sort(Span<ulong> heads, Span<int> items)
    {
        if (heads.Length < LeastCounted)
        {
            heads.Sort(items);
            return;
        }

        var headsBeside = ArrayPool<ulong>.Shared.Rent(heads.Length);
        var itemsBeside = ArrayPool<int>.Shared.Rent(heads.Length);
        Sort(heads, items, headsBeside.AsSpan(0, heads.Length), itemsBeside.AsSpan(0, heads.Length));
        ArrayPool<ulong>.Shared.Return(headsBeside);
        ArrayPool<int>.Shared.Return(itemsBeside);
    }

    private static void Sort(Span<ulong> heads, Span<int> items, Span<ulong> headsBeside, Span<int> itemsBeside)
    {
        Span<int> counts = stackalloc int[Bytes * Values];
        Count(heads, counts);
        var isBeside = false;
        for (var place = 0; place < Bytes; place++)
        {
            var ofPlace = counts.Slice(place * Values, Values);
            if (ofPlace.Contains(heads.Length))
            {
                continue;
            }

            if (isBeside)
            {
                Distribute(place, ofPlace, headsBeside, itemsBeside, heads, items);
            }
            else
            {
                Distribute(place, ofPlace, heads, items, headsBeside, itemsBeside);
            }

            isBeside = !isBeside;
        }

        if (isBeside)
        {
            headsBeside.CopyTo(heads);
            itemsBeside.CopyTo(items);
        }
    }

    private static void Count(ReadOnlySpan<ulong> heads, Span<int> counts)
    {
        counts.Clear();
        foreach (var head in heads)
        {
            var rest = head;
            for (var first = 0; first < counts.Length; first += Values)
            {
                counts[first + (byte)rest]++;
                rest >>= 8;
            }
        }
    }

    private static void Distribute(
        int place, Span<int> counts, ReadOnlySpan<ulong> heads, ReadOnlySpan<int> items, Span<ulong> headsTo, Span<int> itemsTo)
    {
        var next = 0;
        foreach (ref var count in counts)
        {
            (count, next) = (next, next + count);
        }

        for (var i = 0; i < heads.Length; i++)
        {
            var head = heads[i];
            var at = counts[(byte)(head >> (place * 8))]++;
            headsTo[at] = head;
            itemsTo[at] = items[i];
        }
    }
}
