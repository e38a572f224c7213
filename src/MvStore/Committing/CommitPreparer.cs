using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>Turns a validated batch into one delta per key, in key order; of several for a key the last wins (contract A4).</summary>
/// <param name="classifier">Tells kinds of keys apart; null when every floor is the same, so that kinds do not matter.</param>
internal sealed class CommitPreparer(IKeyClassifier? classifier)
{
    private static readonly EntryKind[] Uniform = [EntryKind.Multi];

    /// <summary>Prepares a batch. The batch is only read.</summary>
    public PreparedCommit Prepare(WriteBatch batch, CommitVersion version)
    {
        var deltas = LastPerKeyInOrder(batch.Deltas);
        return new PreparedCommit(version, deltas, [.. deltas.Where(d => d.Kind != DeltaKind.Drop)], KindsOf(deltas));
    }

    private static Delta[] LastPerKeyInOrder(IReadOnlyList<Delta> deltas)
    {
        var positions = new int[deltas.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = i;
        }

        Array.Sort(positions, (x, y) =>
        {
            var order = deltas[x].Key.Span.SequenceCompareTo(deltas[y].Key.Span);
            return order != 0 ? order : x.CompareTo(y);
        });

        var last = new List<Delta>(positions.Length);
        for (var i = 0; i < positions.Length; i++)
        {
            var delta = deltas[positions[i]];
            var isSuperseded = i + 1 < positions.Length && delta.Key.Span.SequenceEqual(deltas[positions[i + 1]].Key.Span);
            if (!isSuperseded)
            {
                last.Add(delta);
            }
        }

        return [.. last];
    }

    private EntryKind[] KindsOf(Delta[] deltas)
        => classifier is null || deltas.Length == 0
            ? Uniform
            : [.. deltas.Select(d => classifier.Classify(d.Key.Span)).Distinct()];
}
