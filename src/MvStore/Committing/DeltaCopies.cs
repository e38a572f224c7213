namespace MvStore.Committing;

/// <summary>What listeners get of a batch: copies, in key order, of several for a key the last (contract A4).</summary>
internal static class DeltaCopies
{
    /// <summary>Copies the deltas of a batch.</summary>
    public static Delta[] Of(WriteBatch batch)
    {
        var items = batch.Items;
        var deltas = new Delta[items.Length];
        var order = new int[items.Length];
        for (var i = 0; i < deltas.Length; i++)
        {
            deltas[i] = items[i].ToDelta();
            order[i] = i;
        }

        Array.Sort(order, (x, y) =>
        {
            var byKey = deltas[x].Key.Span.SequenceCompareTo(deltas[y].Key.Span);
            return byKey != 0 ? byKey : x.CompareTo(y);
        });

        var copies = new List<Delta>(deltas.Length);
        for (var i = 0; i < order.Length; i++)
        {
            var delta = deltas[order[i]];
            var isSuperseded = i + 1 < order.Length && delta.Key.Span.SequenceEqual(deltas[order[i + 1]].Key.Span);
            if (!isSuperseded)
            {
                copies.Add(new Delta(delta.Kind, delta.Key.ToArray(), delta.Value.ToArray()));
            }
        }

        return [.. copies];
    }
}
