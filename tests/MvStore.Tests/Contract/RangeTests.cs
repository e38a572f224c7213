using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class RangeTests
{
    private static readonly byte[][] Keys =
    [
        [], [0x00], [0x00, 0x00], [0x00, 0xFF], [0x61], [0x61, 0x00], [0x61, 0x61], [0x61, 0xFF], [0x61, 0xFF, 0xFF], [0x62],
        [0x7F], [0x80],
        [0xFE, 0xFF], [0xFF], [0xFF, 0x00], [0xFF, 0xFF], [0xFF, 0xFF, 0x00],
    ];

    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B6_EveryCombinationOfBoundsHoldsExactlyItsKeysInBothDirections(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 3);
        await FillAsync(fixture, residency);

        // Every kind of bound, at every key and between keys.
        byte[]?[] bounds =
        [
            null, [], [0x00, 0x01], [0x61], [0x61, 0x60], [0x61, 0xFF], [0x62], [0x90], [0xFF], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF],
        ];
        foreach (var start in bounds)
        {
            foreach (var end in bounds)
            {
                foreach (var (startInclusive, endInclusive) in ((bool, bool)[])[(true, true), (true, false), (false, true), (false, false)])
                {
                    await RequireAsync(fixture.Store, Range(start, startInclusive, end, endInclusive), key =>
                        (start is null || Compare(key, start) is var s && (s > 0 || (s == 0 && startInclusive)))
                        && (end is null || Compare(key, end) is var e && (e < 0 || (e == 0 && endInclusive))));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B6_PrefixRangesAreRightForFfTailsAndTheEmptyPrefix(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 2);
        await FillAsync(fixture, residency);

        byte[][] prefixes = [.. Keys, [0x61, 0xFE], [0xFE], [0xFF, 0xFE], [0xFF, 0xFF, 0xFF], [0x63]];
        foreach (var prefix in prefixes)
        {
            await RequireAsync(fixture.Store, KeyRange.Prefix(prefix), key => key.AsSpan().StartsWith(prefix));
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Trap10_InvertedAndEmptyRangesAreEmptyForEveryReadOfARange(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await FillAsync(fixture, residency);
        KeyRange[] empties =
        [
            KeyRange.Between("b"u8, "a"u8),
            KeyRange.Between("b"u8, true, "a"u8, true),
            KeyRange.Between("a"u8, "a"u8),
            KeyRange.Between("a"u8, false, "a"u8, true),
            KeyRange.Between("a"u8, false, "a"u8, false),
            KeyRange.Until([]),
            KeyRange.Between([0xFF], []),
            KeyRange.Between("a"u8, false, [0x61, 0x00], false),
        ];
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        foreach (var range in empties)
        {
            foreach (var direction in Enum.GetValues<ScanDirection>())
            {
                (await Scans.ToListAsync(fixture.Store.ScanAsync(range, ReadScope.Latest, direction))).Should().BeEmpty();
                (await Scans.PagesAsync(fixture.Store, range, ReadScope.Latest, 1, direction)).Should().BeEmpty();
                (await Scans.ToListAsync(snapshot.ScanAsync(range, direction))).Should().BeEmpty();
                (await Scans.PagesAsync(snapshot, range, 1, direction)).Should().BeEmpty();
            }

            (await Scans.ToListAsync(fixture.Store.HistoryAsync(range, CommitVersion.Latest))).Should().BeEmpty();
            (await Scans.ToListAsync(snapshot.HistoryAsync(range))).Should().BeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B6_ARangeHasOneRowPerKeyTheVisibleOne(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 2);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1"), 1);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Remove("b").Set("d", "2"), 2);
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "4").Remove("c").Set("b", "4"), 4);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "3").Remove("d"), 3);

        string[] expected =
        [
            "[]",
            "[a@1=1, b@1=1, c@1=1]",
            "[a@2=2, c@1=1, d@2=2]",
            "[a@3=3, c@1=1]",
            "[a@4=4, b@4=4]",
        ];
        for (ulong at = 0; at < 5; at++)
        {
            (await Scans.ShowAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.AsOf(at)))).Should().Be(expected[at]);
        }
    }

    private static async Task FillAsync(StoreFixture fixture, Residency residency)
    {
        // Half of the keys where the residency says, half in memory: ranges are merged, and bounds meet in either tier.
        await CommitAsync(1, i => i % 2 == 0);
        await fixture.SettleAsync(residency);
        await CommitAsync(2, i => i % 2 == 1);

        async Task CommitAsync(ulong version, Predicate<int> chosen)
        {
            var batch = new WriteBatch();
            foreach (var (index, key) in Keys.Index().Where(k => chosen(k.Index)))
            {
                batch.Set(key, [(byte)index]);
            }

            await fixture.Store.CommitAsync(batch, version);
        }
    }

    private static async Task RequireAsync(IMultiVersionStore store, KeyRange range, Predicate<byte[]> isIn)
    {
        var expected = Keys.Where(k => isIn(k)).Select(k => ByteText.Format(k)).ToList();
        Show(await Scans.ToListAsync(store.ScanAsync(range, ReadScope.Latest))).Should().Equal(expected, "that is in {0}", range);
        expected.Reverse();
        Show(await Scans.ToListAsync(store.ScanAsync(range, ReadScope.Latest, ScanDirection.Reverse)))
            .Should().Equal(expected, "that is in {0}", range);
    }

    private static IEnumerable<string> Show(IEnumerable<VersionedRow> rows) => rows.Select(r => ByteText.Format(r.Key.Span));

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);

    private static KeyRange Range(byte[]? start, bool startInclusive, byte[]? end, bool endInclusive) => (start, end) switch
    {
        (null, null) => KeyRange.All,
        (null, _) => KeyRange.Until(end, endInclusive),
        (_, null) => KeyRange.From(start, startInclusive),
        _ => KeyRange.Between(start, startInclusive, end, endInclusive),
    };
}
