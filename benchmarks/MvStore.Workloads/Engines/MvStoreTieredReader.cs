using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Reads from MvStore whichever tier the rows are in.</summary>
internal sealed class MvStoreTieredReader(IMultiVersionStore store) : IRangeReader
{
    private readonly MvStoreReader _scanning = new(store);

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        var row = Completion.Of(store.GetAsync(key, at == IWorkloadReader.Latest ? CommitVersion.Latest : at));
        value = row.HasValue ? ValueDigest.Of(row.GetValueOrDefault().Value.Span) : default;
        return row.HasValue;
    }

    public void Scan(RangeRequest request, ref RowFold fold) => _scanning.Scan(request, ref fold);

    public void Dispose() => _scanning.Dispose();
}
