namespace MvStore.Committing;

/// <summary>What listeners get of a batch: copies, in key order, of several for a key the last (contract A4).</summary>
internal static class DeltaCopies
{
    // Up to here all keys and values of a batch are copied into one array, which spares most allocations. Above, each delta has its own, so that none of a batch of small ones is a large object.
    private const int MostTogether = 64 << 10;

    /// <summary>Copies the deltas of a batch.</summary>
    public static Delta[] Of(WriteBatch batch)
    {
        var items = batch.Items;
        if (items.IsEmpty)
        {
            return [];
        }

        var copies = CopiesOf(items);
        return IsInOrder(copies) ? copies : InOrder(copies);
    }

    private static Delta[] CopiesOf(ReadOnlySpan<WriteBatch.Item> items)
    {
        long bytes = 0;
        foreach (ref readonly var item in items)
        {
            bytes += item.KeyLength + item.ValueLength;
        }

        var together = bytes <= MostTogether ? GC.AllocateUninitializedArray<byte>((int)bytes) : null;
        var copies = new Delta[items.Length];
        var used = 0;
        for (var i = 0; i < copies.Length; i++)
        {
            ref readonly var item = ref items[i];
            var length = item.KeyLength + item.ValueLength;
            var memory = together is null ? GC.AllocateUninitializedArray<byte>(length).AsMemory() : together.AsMemory(used, length);
            item.Chunk.AsSpan(item.Offset, length).CopyTo(memory.Span);
            copies[i] = new Delta(item.Kind, memory[..item.KeyLength], memory[item.KeyLength..]);
            used += length;
        }

        return copies;
    }

    private static bool IsInOrder(Delta[] deltas)
    {
        for (var i = 1; i < deltas.Length; i++)
        {
            if (deltas[i - 1].Key.Span.SequenceCompareTo(deltas[i].Key.Span) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static Delta[] InOrder(Delta[] deltas)
    {
        var order = new int[deltas.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (x, y) =>
        {
            var byKey = deltas[x].Key.Span.SequenceCompareTo(deltas[y].Key.Span);
            return byKey != 0 ? byKey : x.CompareTo(y);
        });

        var count = 0;
        var lasts = new Delta[deltas.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var delta = deltas[order[i]];
            var isSuperseded = i + 1 < order.Length && delta.Key.Span.SequenceEqual(deltas[order[i + 1]].Key.Span);
            if (!isSuperseded)
            {
                lasts[count++] = delta;
            }
        }

        return count == lasts.Length ? lasts : lasts[..count];
    }
}
