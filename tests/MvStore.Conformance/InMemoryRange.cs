namespace MvStore.Conformance;

/// <summary>Ranges of a sorted set of rows.</summary>
internal static class InMemoryRange
{
    /// <summary>All rows of a range, ascending by key, versions descending.</summary>
    public static IEnumerable<TierRow> Of(SortedSet<TierRow> entries, KeyRange range) => View(entries, range);

    /// <summary>The whole answer to a scan.</summary>
    public static IEnumerable<TierRow> Scan(SortedSet<TierRow> entries, TierScan scan)
    {
        var rows = View(entries, scan.Range);
        if (scan.Mode == TierScanMode.History)
        {
            return rows.Where(r => scan.View.CanSee(r.Version, r.Sequence) && !IsResumedOver(scan, r));
        }

        return scan.Direction == ScanDirection.Forward
            ? NewestForward(rows, scan.View)
            : NewestReverse(rows.Reverse(), scan.View);
    }

    // Of a key, the highest version sorts first and version 0, which no row has, last.
    private static SortedSet<TierRow> View(SortedSet<TierRow> entries, KeyRange range)
    {
        if (entries.Count == 0 || range.IsEmpty)
        {
            return [];
        }

        var lower = range.Start is { } start
            ? new TierRow(start, range.StartInclusive ? CommitVersion.Latest : CommitVersion.Zero, 0, null)
            : entries.Min;
        var upper = range.End is { } end
            ? new TierRow(end, range.EndInclusive ? CommitVersion.Zero : CommitVersion.Latest, 0, null)
            : entries.Max;
        return entries.Comparer.Compare(lower, upper) > 0 ? [] : entries.GetViewBetween(lower, upper);
    }

    private static bool IsResumedOver(TierScan scan, TierRow row)
        => scan.ResumeBelow is { } below && row.Version >= below && row.Key.Span.SequenceEqual(scan.Range.Start.GetValueOrDefault().Span);

    private static IEnumerable<TierRow> NewestForward(IEnumerable<TierRow> rows, TierView view)
    {
        TierRow? last = null;
        foreach (var row in rows)
        {
            if (view.CanSee(row.Version, row.Sequence) && !(last is { } l && l.Key.Span.SequenceEqual(row.Key.Span)))
            {
                yield return row;
                last = row;
            }
        }
    }

    private static IEnumerable<TierRow> NewestReverse(IEnumerable<TierRow> rows, TierView view)
    {
        TierRow? candidate = null;
        foreach (var row in rows)
        {
            if (!view.CanSee(row.Version, row.Sequence))
            {
                continue;
            }

            if (candidate is { } c && !c.Key.Span.SequenceEqual(row.Key.Span))
            {
                yield return c;
            }

            candidate = row;
        }

        if (candidate is { } last)
        {
            yield return last;
        }
    }
}
