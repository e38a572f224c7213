using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using RocksDbSharp;

namespace MvStore.Comparisons.Rocks;

/// <summary>Reads from RocksDB with an iterator for each read: an older one would not see newer commits.</summary>
internal sealed class RocksReader(RocksDb store) : IRangeReader, IVersionWalker
{
    private readonly ReadOptions _ofOneKey = new ReadOptions().SetPrefixSameAsStart(true);
    private readonly ReadOptions _ofAllKeys = new ReadOptions().SetTotalOrderSeek(true);

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        Span<byte> from = stackalloc byte[InvertedKey.Length];
        InvertedKey.Write(from, key, at);
        using var iterator = store.NewIterator(readOptions: _ofOneKey);
        iterator.Seek(from);
        var isFound = iterator.Valid() && InvertedKey.KeyOf(iterator.GetKeySpan()).SequenceEqual(key);
        value = isFound ? ValueDigest.Of(iterator.GetValueSpan()) : default;
        return isFound;
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        using var iterator = store.NewIterator(readOptions: _ofAllKeys);
        var rows = new RocksRows(iterator, request.From, request.IsReverse);
        VersionScan.Read(ref rows, request, ref fold);
    }

    public long Walk(ReadOnlySpan<byte> key, out ulong versions)
    {
        using var iterator = store.NewIterator(readOptions: _ofOneKey);
        var rows = new RocksRows(iterator, key.ToArray(), isReverse: false);
        return VersionScan.Walk(ref rows, key, out versions);
    }

    public void Dispose()
    {
        // Iterators are disposed with each read; options have nothing to dispose.
    }
}
