namespace MvStore.Conformance;

/// <summary>Pages: their budget of bytes, and that nothing but the position connects one with the next.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class PageConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    private static readonly (TierScanMode Mode, ScanDirection Direction)[] Ways =
    [
        (TierScanMode.Newest, ScanDirection.Forward),
        (TierScanMode.Newest, ScanDirection.Reverse),
        (TierScanMode.History, ScanDirection.Forward),
    ];

    // More pages than any test here has: a tier that makes no progress must not hang the run.
    private const int TooManyPages = 2_000;

    private readonly TierOracle _oracle = new();
    private int _pages;

    [Fact]
    public async Task B8_EveryBudgetOfBytesGivesTheSameRows()
    {
        await FillAsync();
        foreach (var (mode, direction) in Ways)
        {
            foreach (var view in (TierView[])[Rows.Everything, new(6, 5), new(9, 3)])
            {
                foreach (var maxBytes in (long[])[1, 2, 7, 20, 150, 10_000])
                {
                    foreach (var (maxRows, maxExamined) in ((int, int)[])[(1_000, int.MaxValue), (2, int.MaxValue), (1_000, 3)])
                    {
                        var scan = new TierScan(KeyRange.All, view, mode, direction, maxRows, maxExamined) { MaxBytes = maxBytes };
                        Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task B8_ARowAboveTheBudgetIsAPageOfItsOwn()
    {
        await FillAsync();
        foreach (var (mode, direction) in Ways)
        {
            var scan = new TierScan(KeyRange.All, Rows.Everything, mode, direction, 1_000) { MaxBytes = 1 };
            var pages = await TierPaging.ReadPagesAsync(Tier, scan);
            pages.SelectMany(p => p.Rows).Should().HaveCount(_oracle.Scan(scan).Count());

            // The empty key with an empty value, or none, is nothing to a budget of bytes.
            pages.Should().OnlyContain(p => p.Rows.Count(r => Rows.Size(r) > 0) <= 1);
        }
    }

    [Fact]
    public async Task B8_WhatIsWrittenBetweenTwoPagesChangesNothingTheViewSees()
    {
        await FillAsync();
        foreach (var (mode, direction) in Ways)
        {
            var view = new TierView(CommitVersion.Latest, Durable);
            var scan = new TierScan(KeyRange.All, view, mode, direction, 2);
            var expected = Rows.Texts(_oracle.Scan(scan));
            List<TierRow> read = [];
            TierPage page;
            do
            {
                page = await ReadPageAsync(scan);
                read.AddRange(page.Rows);
                scan = scan with { After = page.Next };
                var version = 1_000 + Durable;
                await AddAsync([Rows.Set("c", version, Durable + 1, "new"), Rows.Gone("d", version, Durable + 1), Rows.Set($"n{version}", 3, Durable + 1, "late")]);
            }
            while (page.Next is not null);

            Rows.Texts(read).Should().Equal(expected, "of {0} {1}", mode, direction);
        }
    }

    [Fact]
    public async Task B9_PagesOfManyScansMayAlternate()
    {
        await FillAsync();
        var scans = Ways.SelectMany(w => Enumerable.Range(1, 3).Select(rows => new TierScan(KeyRange.All, Rows.Everything, w.Mode, w.Direction, rows, 4))).ToArray();
        var read = scans.Select(_ => new List<TierRow>()).ToArray();
        var open = Enumerable.Range(0, scans.Length).ToList();
        while (open.Count > 0)
        {
            foreach (var i in open.ToArray())
            {
                var page = await ReadPageAsync(scans[i]);
                read[i].AddRange(page.Rows);
                scans[i] = scans[i] with { After = page.Next };
                _ = page.Next is null && open.Remove(i);
            }
        }

        for (var i = 0; i < scans.Length; i++)
        {
            Rows.Texts(read[i]).Should().Equal(Rows.Texts(_oracle.Scan(scans[i] with { After = null })));
        }
    }

    [Fact]
    public async Task B9_APositionOutlivesTheTierThatGaveIt()
    {
        await FillAsync();
        foreach (var (mode, direction) in Ways)
        {
            var scan = new TierScan(KeyRange.All, Rows.Everything, mode, direction, 3, 5);
            var expected = Rows.Texts(_oracle.Scan(scan));
            List<TierRow> read = [];
            do
            {
                var page = await ReadPageAsync(scan);
                read.AddRange(page.Rows);
                scan = scan with { After = page.Next };
                await ReopenAsync();
            }
            while (scan.After is not null);

            Rows.Texts(read).Should().Equal(expected);
        }
    }

    private ValueTask<TierPage> ReadPageAsync(TierScan scan)
        => ++_pages <= TooManyPages ? Tier.ScanAsync(scan, default) : throw new InvalidOperationException($"There is no end after {TooManyPages} pages.");

    private async Task FillAsync()
    {
        await AddAsync([Rows.Set("", 1, 1, ""), Rows.Set("a", 1, 1, "1"), Rows.Set("b", 1, 1, new string('b', 100)), Rows.Gone("c", 1, 1)]);
        await AddAsync([.. Enumerable.Range(2, 9).Select(i => Rows.Set("b", (ulong)i, (ulong)i, new string('b', i)))]);
        await AddAsync([Rows.Set("d", 20, 11, new string('d', 5_000)), Rows.Gone("e", 20, 11), Rows.Set("f", 20, 11, ""), Rows.Set("ff", 5, 11, "late")]);
    }

    private async Task AddAsync(TierRow[] rows)
    {
        await ApplyAsync(rows);
        _oracle.Apply(rows);
    }
}
