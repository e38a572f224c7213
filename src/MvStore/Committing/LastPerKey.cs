using System.Buffers;
using System.Numerics;
using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>Keeps the last of several items for a key (contract A4). Works in place; allocates nothing.</summary>
internal static class LastPerKey
{
    // Up to here comparing every hash with every other is faster than a table.
    private const int Few = 16;

    /// <summary>Moves the last item of each key to the front, in the order in which the keys came first.</summary>
    /// <param name="entries">The items in the order in which they were asked.</param>
    /// <returns>How many keys there are.</returns>
    public static int MoveToFront(Span<PreparedEntry> entries) => entries.Length <= Few ? ByComparing(entries) : ByTable(entries);

    private static int ByComparing(Span<PreparedEntry> entries)
    {
        var kept = 0;
        foreach (ref readonly var entry in entries)
        {
            var at = 0;
            while (at < kept && !IsSameKey(entries[at], entry))
            {
                at++;
            }

            entries[at] = entry;
            kept = Math.Max(kept, at + 1);
        }

        return kept;
    }

    // Open addressing with linear probing; a place holds the index of a kept item, plus one. At most half full.
    private static int ByTable(Span<PreparedEntry> entries)
    {
        var size = checked((int)BitOperations.RoundUpToPowerOf2((uint)entries.Length) * 2);
        var table = ArrayPool<int>.Shared.Rent(size);
        var places = table.AsSpan(0, size);
        places.Clear();
        var kept = 0;
        foreach (ref readonly var entry in entries)
        {
            var place = (int)entry.Hash & (size - 1);
            while (places[place] != 0 && !IsSameKey(entries[places[place] - 1], entry))
            {
                place = (place + 1) & (size - 1);
            }

            if (places[place] == 0)
            {
                places[place] = ++kept;
            }

            entries[places[place] - 1] = entry;
        }

        ArrayPool<int>.Shared.Return(table);
        return kept;
    }

    private static bool IsSameKey(in PreparedEntry left, in PreparedEntry right) => left.Hash == right.Hash && left.Key.SequenceEqual(right.Key);
}
