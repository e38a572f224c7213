using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>Checks the whole structure of a buffer at rest; for tests. Throws on the first thing that is wrong.</summary>
internal static unsafe class BufferInvariants
{
    /// <summary>Checks both indexes against each other, every chain, and that the figures are the sum of what is there.</summary>
    /// <exception cref="InvalidOperationException">Something is wrong.</exception>
    public static void Check(VersionBuffer buffer)
    {
        using var epoch = EpochGuard.Enter();
        buffer.Tree.CheckInvariants();
        buffer.Table.CheckInvariants();
        long records = 0, versions = 0, bytes = 0;
        var cursor = buffer.Tree.Seek(KeyRange.All, ScanDirection.Forward);
        Span<nint> found = stackalloc nint[RecordCursor.MostRecords];
        while (cursor.Read(found) is var count && count > 0)
        {
            foreach (var each in found[..count])
            {
                var record = (NativeRecord*)each;
                var key = NativeRecord.KeyOf(record);
                Require(!NativeRecord.IsRemoved(record), "a removed record is in the index");
                Require(buffer.Table.Find(KeyHash.Of(key), key) == record, "the table finds another record than the tree");
                Require(buffer.Tree.Find(key) == record, "the tree does not find a record it walks over");
                records++;
                versions += VersionChain.CountOf(record);
                bytes += (long)NativeHeap.BlockSize(NativeRecord.SizeOf(record)) + VersionChain.SizeOf(record) + CheckChain(record);
            }
        }

        Require(records == buffer.Tree.Count, $"{records} records are in the tree, which says {buffer.Tree.Count}");
        Require(records == buffer.Table.Count, $"{records} records are in the tree, {buffer.Table.Count} in the table");
        Require(versions == buffer.Accounting.Versions, $"{versions} versions are there, {buffer.Accounting.Versions} are accounted for");
        Require(bytes == buffer.Accounting.Bytes, $"{bytes} bytes are there, {buffer.Accounting.Bytes} are accounted for");
    }

    /// <returns>The bytes of the entries that do not live inside the record.</returns>
    private static long CheckChain(NativeRecord* record)
    {
        using var chain = new ChainEdit(record);
        long bytes = 0;
        var newer = ulong.MaxValue;
        for (var i = 0; i < chain.Count; i++)
        {
            if (!chain[i]->IsHidden)
            {
                Require(chain[i]->Version < newer, "a chain does not descend");
                newer = chain[i]->Version;
            }

            Require(i == 0 || chain[i - 1]->IsFinal || !chain[i]->IsFinal, "an entry above a final one is not final");
            Require(chain[i]->Sequence > 0, "an entry has no sequence");
            if (chain[i] != NativeRecord.InlineEntryOf(record))
            {
                bytes += (long)NativeHeap.BlockSize(NativeEntry.SizeOf(chain[i]->ValueLength));
            }
        }

        return bytes;
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The buffer is damaged: {problem}.");
        }
    }
}
