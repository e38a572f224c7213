using System.Runtime.CompilerServices;
using MvStore.Tool.Layout;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Querying;

/// <summary>
/// Compares two versions: two scans side by side, in byte order. Rows written by the same version are the same row; others are compared
/// by content, so that what was changed and changed back does not show.
/// </summary>
internal static class VersionDiff
{
    /// <summary>The paths that differ in content or mode, in byte order.</summary>
    public static async IAsyncEnumerable<PathDifference> ReadAsync(
        StoreReader from,
        StoreReader to,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var oldModes = await from.ReadModesAsync([], cancellationToken);
        var newModes = await to.ReadModesAsync([], cancellationToken);
        await using var olds = from.ScanFilesAsync([], cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var news = to.ScanFilesAsync([], cancellationToken).GetAsyncEnumerator(cancellationToken);
        var hasOld = await olds.MoveNextAsync();
        var hasNew = await news.MoveNextAsync();
        while (hasOld || hasNew)
        {
            var order = !hasOld ? 1 : !hasNew ? -1 : olds.Current.Key.Span.SequenceCompareTo(news.Current.Key.Span);
            var old = order <= 0 ? State(olds.Current, oldModes) : null;
            var @new = order >= 0 ? State(news.Current, newModes) : null;
            if (order != 0 || old != @new || !SameContent(olds.Current, news.Current))
            {
                yield return new PathDifference(KeyLayout.PathOf(order <= 0 ? olds.Current.Key : news.Current.Key), old, @new);
            }

            hasOld = order <= 0 ? await olds.MoveNextAsync() : hasOld;
            hasNew = order >= 0 ? await news.MoveNextAsync() : hasNew;
        }
    }

    private static PathState State(VersionedRow row, ModeTable modes) => new(row.Value.Length, modes[KeyLayout.PathOf(row.Key)]);

    private static bool SameContent(VersionedRow old, VersionedRow @new)
        => old.Version == @new.Version || old.Value.Span.SequenceEqual(@new.Value.Span);
}
