using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Reads from MvStore.</summary>
internal sealed class MvStoreReader(IMultiVersionStore store) : IRangeReader, IVersionWalker, IVersionStepper, IOwnedReader
{
    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        var isFound = TryGetOwned(key, at, out var bytes);
        value = isFound ? ValueDigest.Of(bytes.Span) : default;
        return isFound;
    }

    public bool TryGetOwned(ReadOnlySpan<byte> key, ulong at, out ReadOnlyMemory<byte> value)
    {
        var row = Completion.Of(store.GetAsync(key, VersionOf(at)));
        value = row.GetValueOrDefault().Value;
        return row.HasValue;
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        var scope = ReadScope.AsOf(VersionOf(request.At));
        var direction = request.IsReverse ? ScanDirection.Reverse : ScanDirection.Forward;
        if (request.From is { } from)
        {
            var page = Completion.Of(store.ScanPageAsync(KeyRange.From(from), scope, request.Rows, direction));
            foreach (var row in page.Rows)
            {
                fold.Add(row.Key.Span, row.Value.Span);
            }

            return;
        }

        using var rows = new CompletedRows(store.ScanAsync(KeyRange.All, scope, direction));
        while (rows.MoveNext() && fold.Add(rows.Current.Key.Span, rows.Current.Value.Span))
        {
            // The fold takes them.
        }
    }

    public long Walk(ReadOnlySpan<byte> key, out ulong versions)
    {
        var count = 0L;
        versions = 0;
        using var rows = new CompletedRows(store.HistoryAsync(KeyRange.Exactly(key), CommitVersion.Latest));
        while (rows.MoveNext())
        {
            count++;
            versions += ValueDigest.Of(rows.Current.Value.Span).Version;
        }

        return count;
    }

    public bool TryStepBack(ReadOnlySpan<byte> key, ulong before, out ValueDigest value)
    {
        var previous = Completion.Of(store.GetPreviousAsync(key, VersionOf(before)));
        value = previous.HasRow ? ValueDigest.Of(previous.Row.Value.Span) : default;
        return previous.HasRow;
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    private static CommitVersion VersionOf(ulong at) => at == IWorkloadReader.Latest ? CommitVersion.Latest : at;
}
