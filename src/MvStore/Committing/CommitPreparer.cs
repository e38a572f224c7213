using System.Buffers;
using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Turns a validated batch into one item per key; of several for a key the last wins (contract A4). The commit itself is the only thing it allocates,
/// unless there are listeners or kinds of keys to tell apart.
/// </summary>
/// <param name="classifier">Tells kinds of keys apart; null when every floor is the same, so that kinds do not matter.</param>
/// <param name="keepsRows">Whether somebody will flush what is committed.</param>
/// <param name="keepsDeltas">Whether there are listeners, who get copies of the deltas.</param>
internal sealed class CommitPreparer(IKeyClassifier? classifier, bool keepsRows, bool keepsDeltas)
{
    // The kind of a recent commit all of whose keys were of one kind. Owner: anyone. Release store; readers acquire. Never changes once it is here.
    private EntryKind[] _recentKind = PreparedCommit.UniformKinds;

    /// <summary>Prepares a batch. The batch is only read, and referred to until the commit is released.</summary>
    public InFlightCommit Prepare(WriteBatch batch, CommitVersion version)
    {
        var items = batch.Items;
        var entries = items.IsEmpty ? [] : ArrayPool<PreparedEntry>.Shared.Rent(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            ref readonly var item = ref items[i];
            var hash = KeyHash.Of(new ReadOnlySpan<byte>(item.Chunk, item.Offset, item.KeyLength));
            entries[i] = new PreparedEntry(item.Chunk, item.Offset, item.KeyLength, item.ValueLength, item.Kind, hash);
        }

        var keys = entries.AsSpan(0, LastPerKey.MoveToFront(entries.AsSpan(0, items.Length)));
        entries.AsSpan(keys.Length, items.Length - keys.Length).Clear();
        var entryCount = MoveDropsBack(keys, out var bytes);
        return new InFlightCommit(version, entries, entryCount, keys.Length - entryCount)
        {
            Bytes = bytes,
            Kinds = classifier is null ? PreparedCommit.UniformKinds : KindsOf(keys, classifier),
            Deltas = keepsDeltas ? DeltaCopies.Of(batch) : [],
            Drops = DropsOf(keys[entryCount..], version),
            KeepsRows = keepsRows,
        };
    }

    /// <summary>Copies what is dropped: it is needed after the commit was published, when the batch may have changed.</summary>
    private static KeyFloor[] DropsOf(ReadOnlySpan<PreparedEntry> dropped, CommitVersion version)
    {
        if (dropped.IsEmpty)
        {
            return [];
        }

        var drops = new KeyFloor[dropped.Length];
        for (var i = 0; i < drops.Length; i++)
        {
            drops[i] = new KeyFloor(dropped[i].Key.ToArray(), version);
        }

        return drops;
    }

    private static int MoveDropsBack(Span<PreparedEntry> keys, out long bytes)
    {
        bytes = 0;
        var count = keys.Length;
        for (var i = 0; i < count;)
        {
            if (keys[i].IsDrop)
            {
                bytes += keys[i].Key.Length;
                count--;
                (keys[i], keys[count]) = (keys[count], keys[i]);
            }
            else
            {
                bytes += keys[i].Length;
                i++;
            }
        }

        return count;
    }

    private EntryKind[] KindsOf(ReadOnlySpan<PreparedEntry> keys, IKeyClassifier kindOfKey)
    {
        if (keys.IsEmpty)
        {
            return PreparedCommit.UniformKinds;
        }

        var first = kindOfKey.Classify(keys[0].Key);
        List<EntryKind>? several = null;
        foreach (ref readonly var entry in keys[1..])
        {
            var kind = kindOfKey.Classify(entry.Key);
            if (kind != first && !(several ??= [first]).Contains(kind))
            {
                several.Add(kind);
            }
        }

        if (several is not null)
        {
            return [.. several];
        }

        var recent = Volatile.Read(ref _recentKind);
        if (recent[0] != first)
        {
            recent = [first];
            Volatile.Write(ref _recentKind, recent);
        }

        return recent;
    }
}
