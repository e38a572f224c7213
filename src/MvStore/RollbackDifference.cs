using System.Runtime.CompilerServices;

namespace MvStore;

/// <summary>What has to be written so that one state of a range becomes another: a merge of two scans in key order.</summary>
internal static class RollbackDifference
{
    /// <summary>
    /// Walks along both states. Rows of a key that were written at the same version are the same row (I3); others are compared by value, so that what was changed and changed back is not written.
    /// </summary>
    /// <param name="before">The state to go back to, ascending.</param>
    /// <param name="now">The state there is, ascending.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The keys that differ, ascending: with the row they had; or, with a tombstone, those to be removed.</returns>
    public static async IAsyncEnumerable<VersionedRow> ReadAsync(
        IAsyncEnumerable<VersionedRow> before,
        IAsyncEnumerable<VersionedRow> now,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var olds = before.GetAsyncEnumerator(cancellationToken);
        await using var oldsEnd = olds.ConfigureAwait(false);
        var news = now.GetAsyncEnumerator(cancellationToken);
        await using var newsEnd = news.ConfigureAwait(false);
        var hasOld = await olds.MoveNextAsync().ConfigureAwait(false);
        var hasNew = await news.MoveNextAsync().ConfigureAwait(false);
        while (hasOld || hasNew)
        {
            var order = !hasOld ? 1 : !hasNew ? -1 : olds.Current.Key.Span.SequenceCompareTo(news.Current.Key.Span);
            if (order > 0)
            {
                yield return new VersionedRow(news.Current.Key, news.Current.Version, null);
            }
            else if (order < 0 || !IsSame(olds.Current, news.Current))
            {
                yield return olds.Current;
            }

            hasOld = order <= 0 ? await olds.MoveNextAsync().ConfigureAwait(false) : hasOld;
            hasNew = order >= 0 ? await news.MoveNextAsync().ConfigureAwait(false) : hasNew;
        }
    }

    private static bool IsSame(VersionedRow old, VersionedRow @new) => old.Version == @new.Version || old.Value.Span.SequenceEqual(@new.Value.Span);
}
