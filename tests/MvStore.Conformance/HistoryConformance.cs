namespace MvStore.Conformance;

/// <summary>Scans for every version.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class HistoryConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    private readonly TierOracle _oracle = new();

    [Fact]
    public async Task B5_EveryPageSizeAndViewGivesTheWholeHistory()
    {
        await FillAsync();
        KeyRange[] ranges = [KeyRange.All, KeyRange.From("a"u8, false), KeyRange.Until("d"u8), KeyRange.Exactly("c"u8), KeyRange.Exactly([])];
        foreach (var range in ranges)
        {
            foreach (var view in (TierView[])[Rows.Everything, new(35, 100), new(35, 3), new(20, 100), new(0, 100)])
            {
                for (var limits = 1; limits <= 14; limits++)
                {
                    // Every number of rows and of entries to look at, each with a large and with a small one of the other.
                    var scan = new TierScan(range, view, TierScanMode.History, ScanDirection.Forward, limits, limits % 2 == 0 ? 100 : 3);
                    Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                    scan = scan with { MaxRows = limits % 2 == 0 ? 100 : 3, MaxExamined = limits };
                    Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(long.MaxValue)]
    [InlineData(ulong.MaxValue)]
    public async Task B5_HistoryIsResumedInsideAKey(ulong below)
    {
        await FillAsync();
        foreach (var at in (ulong[])[9, 25, ulong.MaxValue])
        {
            foreach (var key in (string[])["", "a", "c", "absent"])
            {
                foreach (var range in (KeyRange[])[KeyRange.All, KeyRange.From(Rows.Key(key).Span), KeyRange.Exactly(Rows.Key(key).Span)])
                {
                    for (var limit = 1; limit <= 4; limit++)
                    {
                        var scan = new TierScan(
                            range,
                            new TierView(at, 100),
                            TierScanMode.History,
                            ScanDirection.Forward,
                            limit,
                            5 - limit,
                            new TierPosition(Rows.Key(key), below));
                        Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task B5_AKeyWithVeryManyVersionsIsPagedThrough()
    {
        await AddAsync([Rows.Set("a", 1, 1, "a"), Rows.Gone("z", 1, 1)]);
        await AddAsync(Enumerable.Range(1, 30_000).Select(i => Rows.Set("hot", (ulong)i, 1 + (ulong)i, $"{i}")));
        foreach (var view in (TierView[])[Rows.Everything, new(100, 90_000), new(20_000, 50), new(0, 0)])
        {
            foreach (var maxExamined in (int[])[int.MaxValue, 1_000, 777])
            {
                var scan = new TierScan(KeyRange.All, view, TierScanMode.History, ScanDirection.Forward, 999, maxExamined);
                Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
            }
        }
    }

    [Fact]
    public async Task B5_AHistoryGoesOnBehindAnyEntry()
    {
        await FillAsync();
        foreach (var position in _oracle.All.SelectMany(r => Positions.Around(r)))
        {
            foreach (var view in (TierView[])[Rows.Everything, new(20, 100), new(35, 2)])
            {
                var scan = new TierScan(KeyRange.All, view, TierScanMode.History, ScanDirection.Forward, 4, 6, position);
                Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
            }
        }
    }

    [Fact]
    public async Task B9_ADesertOfInvisibleKeysIsCrossed()
    {
        const int MaxExamined = 1_000;
        TierRow[] rows =
        [
            Rows.Set("a", 1, 1, "first"), Rows.Set("z", 1, 1, "last"),
            .. Enumerable.Range(0, 30_000).Select(i => Rows.Set($"k{i:D6}", 500, 2 + (ulong)i, "hidden")),
        ];
        await ApplyAsync(rows);
        foreach (var view in (TierView[])[new(100, 40_000), new(1_000, 1)])
        {
            var scan = new TierScan(KeyRange.All, view, TierScanMode.History, ScanDirection.Forward, 10, MaxExamined);
            var pages = await TierPaging.ReadPagesAsync(Tier, scan);
            pages.SelectMany(p => p.Rows).Select(r => Rows.Text(r)[..2]).Should().Equal("61", "7A");
            pages.Count.Should().BeGreaterThanOrEqualTo(rows.Length / MaxExamined, "each key costs something to pass");
        }
    }

    [Fact]
    public async Task B6_AnEmptyRangeHasNoHistory()
    {
        await FillAsync();
        var page = await Tier.ScanAsync(
            new TierScan(KeyRange.Between("c"u8, "a"u8), Rows.Everything, TierScanMode.History, ScanDirection.Forward, 5), default);
        page.Rows.Should().BeEmpty();
        page.Next.Should().BeNull();
    }

    private async Task FillAsync()
    {
        await AddAsync([Rows.Set("", 10, 1, ""), Rows.Set("", 30, 1, "e"), Rows.Set("a", 10, 1, "1"), Rows.Gone("b", 30, 1)]);
        await AddAsync(Enumerable.Range(1, 30).Select(i => Rows.Set("c", (ulong)i, 2, $"{i}")));
        await AddAsync([Rows.Gone("", 20, 3), Rows.Gone("a", 31, 3), Rows.Set("d", CommitVersion.Max.Value, 3, "max")]);
        await AddAsync([Rows.Set("a", 5, 4, "late"), Rows.Set("a", 30, 4, "later"), Rows.Set("b", 1, 5, "late")]);
    }

    private async Task AddAsync(IEnumerable<TierRow> rows)
    {
        TierRow[] all = [.. rows];
        await ApplyAsync(all);
        _oracle.Apply(all);
    }
}
