using MvStore.Tool.Layout;

namespace MvStore.Tool.Storing;

/// <summary>Totals of the newest version.</summary>
/// <param name="Keys">Keys: paths, modes, commits.</param>
/// <param name="Paths">Paths.</param>
/// <param name="Bytes">Bytes of their contents.</param>
internal readonly record struct PathTotals(long Keys, long Paths, long Bytes)
{
    /// <summary>Counts by scanning everything once.</summary>
    public static async Task<PathTotals> CountAsync(IMultiVersionStore store, CancellationToken cancellationToken)
    {
        var totals = default(PathTotals);
        await foreach (var row in store.ScanAsync(KeyRange.All, ReadScope.Latest, cancellationToken: cancellationToken))
        {
            var isPath = row.Key.Span.StartsWith(KeyLayout.FilePrefix);
            totals = new PathTotals(totals.Keys + 1, totals.Paths + (isPath ? 1 : 0), totals.Bytes + (isPath ? row.Value.Length : 0));
        }

        return totals;
    }
}
