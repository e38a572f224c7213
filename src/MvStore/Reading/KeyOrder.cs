using System.Buffers;
using System.Numerics;
using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Puts keys in order by comparing numbers: the eight bytes behind what all of them begin with. Only keys that agree there are compared as a whole.
/// </summary>
internal static class KeyOrder
{
    private static readonly Comparer<ReadOnlyMemory<byte>> Bytewise
        = Comparer<ReadOnlyMemory<byte>>.Create(static (x, y) => x.Span.SequenceCompareTo(y.Span));

    // So few keys that the lowest bits of a head, as many as it takes, can say which key it is; then numbers are sorted, without the keys in tow.
    private const int Few = 1 << 16;

    /// <summary>The keys in ascending order, each once.</summary>
    public static ReadOnlyMemory<byte>[] DistinctAscending(IReadOnlyCollection<ReadOnlyMemory<byte>> keys)
    {
        var sorted = keys.ToArray();
        if (sorted.Length < 2)
        {
            return sorted;
        }

        var heads = ArrayPool<ulong>.Shared.Rent(sorted.Length);
        SortByHead(sorted, heads.AsSpan(0, sorted.Length));
        var count = 0;
        for (var first = 0; first < sorted.Length;)
        {
            var end = first + 1;
            while (end < sorted.Length && heads[end] == heads[first])
            {
                end++;
            }

            count = AppendDistinct(sorted, first, end, count);
            first = end;
        }

        ArrayPool<ulong>.Shared.Return(heads);
        if (count < sorted.Length)
        {
            Array.Resize(ref sorted, count);
        }

        return sorted;
    }

    /// <summary>Sorts keys by their heads, or by as much of those as there is room for; those with the same are next to each other then.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="heads">Receives what they were sorted by.</param>
    private static void SortByHead(ReadOnlyMemory<byte>[] keys, Span<ulong> heads)
    {
        var common = CommonPrefixOf(keys);
        for (var i = 0; i < keys.Length; i++)
        {
            heads[i] = KeyHeads.HeadOf(keys[i].Span[common..]);
        }

        if (keys.Length > Few)
        {
            heads.Sort(keys.AsSpan());
            return;
        }

        var index = ulong.MaxValue >> BitOperations.LeadingZeroCount((ulong)keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            heads[i] = (heads[i] & ~index) | (uint)i;
        }

        heads.Sort();
        var unsorted = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(keys.Length);
        keys.CopyTo(unsorted, 0);
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = unsorted[(int)(heads[i] & index)];
            heads[i] &= ~index;
        }

        unsorted.AsSpan(0, keys.Length).Clear();
        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(unsorted);
    }

    /// <summary>Puts a stretch of keys with the same head behind those that are done.</summary>
    /// <returns>How many are done then.</returns>
    private static int AppendDistinct(ReadOnlyMemory<byte>[] sorted, int first, int end, int count)
    {
        if (end - first > 1)
        {
            Array.Sort(sorted, first, end - first, Bytewise);
        }

        var begin = count;
        for (var i = first; i < end; i++)
        {
            if (count == begin || !sorted[count - 1].Span.SequenceEqual(sorted[i].Span))
            {
                sorted[count++] = sorted[i];
            }
        }

        return count;
    }

    private static int CommonPrefixOf(ReadOnlyMemory<byte>[] keys)
    {
        var common = keys[0].Span;
        foreach (ref readonly var key in keys.AsSpan(1))
        {
            common = common[..common.CommonPrefixLength(key.Span)];
        }

        return common.Length;
    }
}
