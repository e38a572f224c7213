namespace MvStore.Conformance;

/// <summary>Scans for the newest entry of each key.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class ScanConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    private readonly TierOracle _oracle = new();

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B8_EveryPageSizeAndRangeGivesTheSameRows(ScanDirection direction)
    {
        await FillAsync();
        foreach (var range in Ranges())
        {
            foreach (var view in (TierView[])[Rows.Everything, new(35, 100), new(35, 4), new(5, 100), new(0, 100), new(100, 0)])
            {
                for (var maxRows = 1; maxRows <= 9; maxRows++)
                {
                    var scan = new TierScan(range, view, TierScanMode.Newest, direction, maxRows);
                    Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                }
            }
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B9_EveryLimitOfEntriesToLookAtGivesTheSameRows(ScanDirection direction)
    {
        await FillAsync();
        KeyRange[] ranges = [KeyRange.All, KeyRange.From("b"u8, false), KeyRange.Until("b"u8, true), KeyRange.Exactly("b"u8), KeyRange.Exactly([])];
        foreach (var range in ranges)
        {
            // With the last two, "b" and "d" have 40 and 19 entries of later publications, some of them below all others.
            foreach (var view in (TierView[])[Rows.Everything, new(35, 100), new(35, 4), new(0, 100), new(200, 3), new(25, 1)])
            {
                foreach (var maxRows in (int[])[1, 3, 100])
                {
                    for (var maxExamined = 1; maxExamined <= 14; maxExamined++)
                    {
                        var scan = new TierScan(range, view, TierScanMode.Newest, direction, maxRows, maxExamined);
                        Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B9_AScanGoesOnBehindAnyPosition(ScanDirection direction)
    {
        await FillAsync();
        foreach (var position in _oracle.All.SelectMany(r => Positions.Around(r)).Append(TierPosition.Behind(Rows.Key("absent"))))
        {
            foreach (var view in (TierView[])[Rows.Everything, new(35, 4), new(200, 3)])
            {
                // Also with a range that ends right behind the position, as a portion may.
                var whole = new TierScan(KeyRange.All, view, TierScanMode.Newest, direction, 3, 5, position);
                var last = direction == ScanDirection.Forward
                    ? KeyRange.Until(position.Key.Span, inclusive: true)
                    : KeyRange.From(position.Key.Span);
                foreach (var scan in (TierScan[])[whole, whole with { Range = last }, whole with { Range = KeyRange.Exactly(position.Key.Span) }])
                {
                    Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
                }
            }
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B6_InvertedAndEmptyRangesAreEmpty(ScanDirection direction)
    {
        await FillAsync();
        KeyRange[] ranges =
        [
            KeyRange.Between("b"u8, "a"u8), KeyRange.Between("a"u8, "a"u8), KeyRange.Between("a"u8, false, "a"u8, false), KeyRange.Until([]),
            KeyRange.Between("a"u8, false, "a"u8, true), KeyRange.From([0xFF, 0xFF, 0xFF, 0xFF]), KeyRange.Exactly("nothing"u8),
        ];
        foreach (var range in ranges)
        {
            var page = await Tier.ScanAsync(new TierScan(range, Rows.Everything, TierScanMode.Newest, direction, 10), default);
            page.Rows.Should().BeEmpty();
            page.Next.Should().BeNull();
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B9_AKeyWithVeryManyVersionsIsOneRow(ScanDirection direction)
    {
        await HotKeyAsync(30_000);
        foreach (var view in (TierView[])[Rows.Everything, new(15_000, 20_000), new(15_000, 7_000), new(1, 40_000)])
        {
            foreach (var (maxRows, maxExamined) in ((int, int)[])[(1, int.MaxValue), (2, 1_000), (100, 777)])
            {
                var scan = new TierScan(KeyRange.All, view, TierScanMode.Newest, direction, maxRows, maxExamined);
                Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
            }
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B9_ADesertOfInvisibleKeysIsCrossed(ScanDirection direction)
    {
        TierRow[] rows =
        [
            Rows.Set("a", 1, 1, "first"), Rows.Set("z", 1, 1, "last"),
            .. Enumerable.Range(0, 30_000).Select(i => Rows.Set($"k{i:D6}", 500, 2 + (ulong)i, "hidden")),
        ];
        await ApplyAsync(rows);
        foreach (var view in (TierView[])[new(100, 40_000), new(1_000, 1)])
        {
            const int MaxExamined = 1_000;
            var scan = new TierScan(KeyRange.All, view, TierScanMode.Newest, direction, 10, MaxExamined);
            var pages = await TierPaging.ReadPagesAsync(Tier, scan);
            pages.SelectMany(p => p.Rows).Select(r => Rows.Text(r)[..2])
                .Should().Equal(direction == ScanDirection.Forward ? ["61", "7A"] : ["7A", "61"]);
            pages.Count.Should().BeGreaterThanOrEqualTo(rows.Length / MaxExamined, "each key costs something to pass");
        }
    }

    [Fact]
    public async Task F2_ACancelledScanThrows()
        => await Tier.Awaiting(t => t.ScanAsync(
                new TierScan(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 1), new CancellationToken(true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();

    private static IEnumerable<KeyRange> Ranges()
    {
        byte[][] bounds = [[], [0], [(byte)'b'], [(byte)'c', (byte)'c'], [0xFF], [0xFF, 0xFF]];
        yield return KeyRange.All;
        foreach (var bound in bounds)
        {
            yield return KeyRange.From(bound);
            yield return KeyRange.From(bound, inclusive: false);
            yield return KeyRange.Until(bound);
            yield return KeyRange.Until(bound, inclusive: true);
            yield return KeyRange.Prefix(bound);
            yield return KeyRange.Between(bound, true, [0xFF], true);
            yield return KeyRange.Between(bound, false, [0xFF], false);
        }
    }

    // Sparse, late and hidden versions; tombstones; keys at the edges of the order; chains longer than a few entries.
    private async Task FillAsync()
    {
        byte[][] keys = [[], [0], [0, 0], "a"u8.ToArray(), "b"u8.ToArray(), "cc"u8.ToArray(), "d"u8.ToArray(), [0xFF], [0xFF, 0xFF]];
        await AddAsync(keys.Select((k, i) => new TierRow(k, 10, 1, new[] { (byte)i })));
        await AddAsync(keys.Where((_, i) => i % 2 == 0).Select(k => new TierRow(k, 60, 2, null)));
        await AddAsync(keys.Where((_, i) => i % 3 == 0).Select(k => new TierRow(k, 30, 3, ReadOnlyMemory<byte>.Empty)));
        await AddAsync(Enumerable.Range(0, 40).Select(i => new TierRow("b"u8.ToArray(), 100 + (ulong)i, 4, new[] { (byte)i })));
        await AddAsync(Enumerable.Range(0, 19).Select(i => new TierRow("d"u8.ToArray(), 11 + (ulong)i, 5, new[] { (byte)i })));
        await AddAsync([new TierRow(keys[0], 35, 6, null), new TierRow("late"u8.ToArray(), 5, 6, null)]);
    }

    private async Task HotKeyAsync(int versions)
    {
        await AddAsync([Rows.Set("a", 1, 1, "a"), Rows.Set("z", 1, 1, "z")]);
        await AddAsync(Enumerable.Range(1, versions).Select(i => Rows.Set("hot", (ulong)i, 1 + (ulong)i, $"{i}")));
    }

    private async Task AddAsync(IEnumerable<TierRow> rows)
    {
        TierRow[] all = [.. rows];
        await ApplyAsync(all);
        _oracle.Apply(all);
    }
}
