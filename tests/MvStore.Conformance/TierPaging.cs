namespace MvStore.Conformance;

/// <summary>Runs a scan page by page, the way the engine does, and checks on each page what <see cref="TierPage"/> promises.</summary>
public static class TierPaging
{
    // More pages than any test has rows: a tier that makes no progress must not hang the run.
    private const int TooManyPages = 100_000;

    /// <summary>All rows of a scan.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="scan">What is asked.</param>
    /// <returns>The rows of all pages.</returns>
    public static async Task<IReadOnlyList<TierRow>> ReadAllAsync(IPersistentTier tier, TierScan scan)
        => [.. (await ReadPagesAsync(tier, scan)).SelectMany(page => page.Rows)];

    /// <summary>All pages of a scan.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="scan">What is asked.</param>
    /// <returns>The pages.</returns>
    public static async Task<IReadOnlyList<TierPage>> ReadPagesAsync(IPersistentTier tier, TierScan scan)
    {
        ArgumentNullException.ThrowIfNull(tier);
        List<TierPage> pages = [];
        while (pages.Count < TooManyPages)
        {
            var page = await tier.ScanAsync(scan, CancellationToken.None);
            pages.Add(page);
            page.Rows.Count.Should().BeLessThanOrEqualTo(scan.MaxRows, "a page holds at most what was asked for");
            page.Examined.Should().BeInRange(page.Rows.Count, scan.MaxExamined, "a page looks at what it returns, and at no more than allowed");
            page.Rows.SkipLast(1).Sum(Rows.Size)
                .Should().BeLessThan(scan.MaxBytes, "a page ends with the row that reaches its budget of bytes");
            if (page.Next is not { } next)
            {
                return pages;
            }

            RequireProgress(scan, next);
            scan = scan with { After = next };
            page.Rows.All(r => IsPassed(scan, r)).Should().BeTrue("rows behind the position would come again");
        }

        throw new InvalidOperationException($"The scan did not end after {TooManyPages} pages.");
    }

    private static void RequireProgress(TierScan scan, TierPosition next)
    {
        scan.Range.Contains(next.Key.Span).Should().BeTrue("a position lies in the range");
        if (scan.After is { } after)
        {
            var order = next.Key.Span.SequenceCompareTo(after.Key.Span);
            var isFurther = order == 0
                ? next.Version < after.Version
                : order > 0 == (scan.Direction == ScanDirection.Forward);
            isFurther.Should().BeTrue("each page makes progress");
        }
    }

    // Of a key whose newest entry was returned, nothing else may come.
    private static bool IsPassed(TierScan scan, TierRow row)
        => TierOracle.IsDone(scan, row)
            && (scan.Mode == TierScanMode.History || !scan.After!.Value.IsInsideKey || !scan.After.Value.Key.Span.SequenceEqual(row.Key.Span));
}
