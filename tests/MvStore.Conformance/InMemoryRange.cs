namespace MvStore.Conformance;

/// <summary>Ranges of a sorted set of rows.</summary>
internal static class InMemoryRange
{
    /// <summary>All rows of a range, ascending by key, versions descending.</summary>
    public static SortedSet<TierRow> Of(SortedSet<TierRow> entries, KeyRange range)
    {
        if (entries.Count == 0 || range.IsEmpty)
        {
            return [];
        }

        // Of a key, the highest version sorts first and version 0, which no row has, last.
        var lower = range.Start is { } start
            ? new TierRow(start, range.StartInclusive ? CommitVersion.Latest : CommitVersion.Zero, 0, null)
            : entries.Min;
        var upper = range.End is { } end
            ? new TierRow(end, range.EndInclusive ? CommitVersion.Zero : CommitVersion.Latest, 0, null)
            : entries.Max;
        return entries.Comparer.Compare(lower, upper) > 0 ? [] : entries.GetViewBetween(lower, upper);
    }

    /// <summary>
    /// One page of a scan: key by key, and of each key downwards. What lies above the view is passed over unseen, as an index on key and
    /// version allows; but a key counts as one entry at least.
    /// </summary>
    public static TierPage Scan(SortedSet<TierRow> entries, TierScan scan)
    {
        List<TierRow> found = [];
        var examined = 0;
        var bytes = 0L;
        var rest = scan.After?.RestOf(scan.Range, scan.Direction) ?? scan.Range;
        while (First(Of(entries, rest), scan.Direction) is { Key: var key })
        {
            var before = examined;
            foreach (var row in Downwards(entries, key, scan.After?.RestOf(key.Span, scan.View).At ?? scan.View.At))
            {
                examined++;
                var isVisible = row.Sequence <= scan.View.Sequence;
                if (isVisible)
                {
                    found.Add(row);
                    bytes += row.Key.Length + (row.Value?.Length ?? 0);
                }

                var isDone = isVisible && scan.Mode == TierScanMode.Newest;
                if (found.Count == scan.MaxRows || bytes >= scan.MaxBytes || examined == scan.MaxExamined)
                {
                    return new TierPage(found, isDone ? TierPosition.Behind(key) : new TierPosition(key, row.Version), examined);
                }

                if (isDone)
                {
                    break;
                }
            }

            examined += before == examined ? 1 : 0;
            if (examined == scan.MaxExamined)
            {
                return new TierPage(found, TierPosition.Behind(key), examined);
            }

            rest = TierPosition.Behind(key).RestOf(rest, scan.Direction);
        }

        return new TierPage(found, null, examined);
    }

    // The rows are not counted to tell whether there are any: for a part of a set that takes as long as walking it.
    private static TierRow? First(SortedSet<TierRow> rows, ScanDirection direction)
    {
        foreach (var row in direction == ScanDirection.Forward ? rows : rows.Reverse())
        {
            return row;
        }

        return null;
    }

    private static SortedSet<TierRow> Downwards(SortedSet<TierRow> entries, ReadOnlyMemory<byte> key, CommitVersion at)
        => entries.GetViewBetween(new TierRow(key, at, 0, null), new TierRow(key, CommitVersion.Zero, 0, null));
}
