using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using ZoneTree;
using ZoneTree.Transactional;

namespace MvStore.Comparisons.Zone;

/// <summary>Reads from ZoneTree: the newest state in a transaction for each read, an old one in the transaction that holds it.</summary>
internal sealed class ZoneReader(
    ITransactionalZoneTree<FixedKey, byte[]> tree,
    Dictionary<ulong, IReadTransaction<FixedKey, byte[]>> held) : IRangeReader
{
    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        if (at != IWorkloadReader.Latest)
        {
            return TryGet(held[at], key, out value);
        }

        using var transaction = tree.BeginReadOnlyTransaction();
        return TryGet(transaction, key, out value);
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        if (request.At != IWorkloadReader.Latest)
        {
            Scan(held[request.At], request, ref fold);
            return;
        }

        using var transaction = tree.BeginReadOnlyTransaction();
        Scan(transaction, request, ref fold);
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    private static bool TryGet(IReadTransaction<FixedKey, byte[]> transaction, ReadOnlySpan<byte> key, out ValueDigest value)
    {
        var isFound = transaction.TryGet(FixedKey.Of(key), out var bytes);
        value = isFound ? ValueDigest.Of(bytes) : default;
        return isFound;
    }

    private static void Scan(IReadTransaction<FixedKey, byte[]> transaction, RangeRequest request, ref RowFold fold)
    {
        using var rows = request.IsReverse ? transaction.CreateReverseIterator() : transaction.CreateIterator();
        if (request.From is { } from)
        {
            rows.Seek(FixedKey.Of(from));
        }

        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        var wantsMore = true;
        while (wantsMore && rows.Next())
        {
            rows.CurrentKey.WriteTo(key);
            wantsMore = fold.Add(key, rows.CurrentValue);
        }
    }
}
