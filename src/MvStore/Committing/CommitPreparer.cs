using System.Runtime.InteropServices;
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
        var entries = new List<KeyedEntry>(deltas.Length);
        List<KeyFloor>? drops = null;
        foreach (var delta in deltas)
        {
            if (delta.Kind == DeltaKind.Drop)
            {
                (drops ??= []).Add(new KeyFloor(delta.Key, version));
                continue;
            }

            var value = delta.Kind == DeltaKind.Set ? delta.Value : (ReadOnlyMemory<byte>?)null;
            entries.Add(new KeyedEntry(ArrayOf(delta.Key), new VersionEntry(version.Value, value)));
        }

        return new PreparedCommit(version, deltas, [.. entries], drops is null ? [] : [.. drops], KindsOf(deltas));
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

    private static byte[] ArrayOf(ReadOnlyMemory<byte> key)
    {
        // A batch gives each key an array of its own that is never written again, so it serves as the stored key as it is.
        return MemoryMarshal.TryGetArray(key, out var segment) && segment.Array is { } array && array.Length == key.Length
            ? array
            : key.ToArray();
    }

    private EntryKind[] KindsOf(Delta[] deltas)
        => classifier is null || deltas.Length == 0
            ? Uniform
            : [.. deltas.Select(d => classifier.Classify(d.Key.Span)).Distinct()];
}
