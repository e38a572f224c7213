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
    {
        ArgumentNullException.ThrowIfNull(tier);
        List<TierRow> rows = [];
        for (var pages = 0; pages < TooManyPages; pages++)
        {
            var page = await tier.ScanAsync(scan, CancellationToken.None);
            page.Rows.Count.Should().BeLessThanOrEqualTo(scan.MaxRows, "a page holds at most what was asked for");
            rows.AddRange(page.Rows);
            if (page.CoveredTo is not { } covered)
            {
                return rows;
            }

            scan.Range.Contains(covered.Span).Should().BeTrue("a page covers keys of its range only, and each page makes progress");
            scan = scan.Mode == TierScanMode.History ? Below(scan, page, covered) : Behind(scan, page, covered);
        }

        throw new InvalidOperationException($"The scan did not end after {TooManyPages} pages.");
    }

    private static TierScan Behind(TierScan scan, TierPage page, ReadOnlyMemory<byte> covered)
    {
        var forward = scan.Direction == ScanDirection.Forward;
        page.Rows.All(r => IsCovered(r.Key.Span, covered.Span, forward)).Should().BeTrue("rows beyond what is covered would come again");
        return scan with { Range = forward ? scan.Range.After(covered.Span) : scan.Range.Before(covered.Span) };
    }

    private static bool IsCovered(ReadOnlySpan<byte> key, ReadOnlySpan<byte> covered, bool forward)
        => forward ? key.SequenceCompareTo(covered) <= 0 : key.SequenceCompareTo(covered) >= 0;

    private static TierScan Below(TierScan scan, TierPage page, ReadOnlyMemory<byte> covered)
    {
        page.Rows.Should().NotBeEmpty("a page of history goes on below its last row");
        Convert.ToHexString(covered.Span).Should().Be(Convert.ToHexString(page.Rows[^1].Key.Span), "a page of history covers to its last row");
        var range = scan.Range.End is { } end
            ? KeyRange.Between(covered.Span, true, end.Span, scan.Range.EndInclusive)
            : KeyRange.From(covered.Span);
        return scan with { Range = range, ResumeBelow = page.Rows[^1].Version };
    }
}
