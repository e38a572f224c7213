using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;
using static MvStore.Tests.Contract.RowScanSteps;

namespace MvStore.Tests.Contract;

/// <summary>Scans that show rows where they lie give what the other scans give, whatever happens between and within their portions.</summary>
public sealed class RowScanTests
{
    private static readonly ReadScope[] Scopes =
        [ReadScope.Latest, ReadScope.AsOf(10), ReadScope.AsOf(15), ReadScope.Between(10, 30), ReadScope.Between(19, 20), ReadScope.Between(40, 50)];

    private static readonly KeyRange[] Ranges =
    [
        KeyRange.All, KeyRange.Between("k02"u8, "k09"u8), KeyRange.From("k03"u8, false), KeyRange.Until("k08"u8, true), KeyRange.Prefix("k1"u8),
        KeyRange.Exactly("k05"u8), KeyRange.Between("k09"u8, "k02"u8), KeyRange.Prefix(default),
    ];

    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B6_B7_B8_TheyEqualTheOtherScansForEveryRangeScopeAndDirection(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 3);
        await FillAsync(fixture.Store, 20);
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Set("k04", "newest").Remove("k05").Set("k10x", "new"), 40);
        await fixture.Store.CommitAsync(new WriteBatch().Set("k04", "late").Set("k06", "late"), 12);

        foreach (var range in Ranges)
        {
            foreach (var scope in Scopes)
            {
                foreach (var direction in Enum.GetValues<ScanDirection>())
                {
                    (await Portions.ShowAsync(fixture.Store.OpenScan(range, scope, direction)))
                        .Should().Be(await Scans.ShowAsync(fixture.Store.ScanAsync(range, scope, direction)));
                }
            }

            using var snapshot = fixture.Store.OpenSnapshot(25);
            (await Portions.ShowAsync(snapshot.OpenScan(range, ScanDirection.Reverse, after: 11)))
                .Should().Be(await Scans.ShowAsync(snapshot.ScanAsync(range, ScanDirection.Reverse, after: 11)));
            (await Portions.ShowAsync(fixture.Store.OpenHistory(range, CommitVersion.Latest)))
                .Should().Be(await Scans.ShowAsync(fixture.Store.HistoryAsync(range, CommitVersion.Latest)));
            (await Portions.ShowAsync(snapshot.OpenHistory(range))).Should().Be(await Scans.ShowAsync(snapshot.HistoryAsync(range)));
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward, false)]
    [InlineData(ScanDirection.Reverse, false)]
    [InlineData(ScanDirection.Forward, true)]
    [InlineData(ScanDirection.Reverse, true)]
    public async Task B8_WhatHappensWithinAPortionChangesNothing(ScanDirection direction, bool isTierFilled)
    {
        int[] places = [1, 2, 63, 64, 65, 127, 128, 511, 512, 513, 514, 700, 1_023, 1_024, 1_025, ManyKeys - 1];
        foreach (var place in places)
        {
            await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o =>
            {
                o.GarbageCollection.RetainVersions = 0;
                o.Persistence.ReadPageRows = 100;
            });
            await FillAsync(fixture.Store, ManyKeys);
            if (isTierFilled)
            {
                await fixture.Store.FlushAsync();
            }

            var expected = await Scans.ShowAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest, direction));
            var rows = await Portions.ToListAsync(
                fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest, direction),
                duringPortion: read => _ = read == place && Upset(fixture, read));
            AnswerText.Of(rows).Should().Be(expected, "at {0}", place);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B8_WhatHappensBetweenPortionsChangesNothing(StoreStorage storage)
    {
        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            foreach (var first in (int[])[0, 1, 600, 1_100])
            {
                await using var fixture = await StoreFixture.OpenAsync(storage, o =>
                {
                    o.GarbageCollection.RetainVersions = 0;
                    o.Persistence.ReadPageRows = 150;
                });
                await FillAsync(fixture.Store, ManyKeys);
                var expected = await Scans.ShowAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.AsOf(20), direction));
                using var snapshot = fixture.Store.OpenSnapshot(20);
                foreach (var scan in (RowScan[])[
                    fixture.Store.OpenScan(KeyRange.All, ReadScope.AsOf(20), direction),
                    snapshot.OpenScan(KeyRange.All, direction)])
                {
                    var rows = await Portions.ToListAsync(scan, betweenPortions: read =>
                    {
                        _ = read >= first && Upset(fixture, read);
                        return Task.CompletedTask;
                    });
                    AnswerText.Of(rows).Should().Be(expected, "{0}, from {1} on", direction, first);
                }
            }
        }
    }

    [Theory]
    [InlineData(StoreStorage.None, 1)]
    [InlineData(StoreStorage.InMemory, 2)]
    [InlineData(StoreStorage.InMemory, 3)]
    [InlineData(StoreStorage.Sqlite, 4)]
    public async Task B8_B5_WhateverHappensAtRandomChangesNothing(StoreStorage storage, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 12; round++)
        {
            await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = random.Next(1, 200));
            var keys = random.Next(1, 900);
            for (ulong version = 10; version <= 100; version += 10)
            {
                var batch = new WriteBatch();
                for (var i = random.Next(3); i < keys; i += random.Next(1, 8))
                {
                    _ = random.Next(5) == 0 ? batch.Remove($"k{i:0000}") : batch.Set($"k{i:0000}", $"{version}");
                }

                await fixture.Store.CommitAsync(batch, version);
            }

            var (direction, scope) = ((ScanDirection)random.Next(2), random.Next(2) == 0 ? ReadScope.Latest : ReadScope.Between((ulong)random.Next(100), 95));
            var range = random.Next(2) == 0 ? KeyRange.All : KeyRange.From(Bytes.Of($"k{random.Next(keys):0000}"));
            var expected = await Scans.ShowAsync(fixture.Store.ScanAsync(range, scope, direction));
            var history = await Scans.ShowAsync(fixture.Store.HistoryAsync(range, 77));
            var scan = fixture.Store.OpenScan(range, scope, direction);
            var historyScan = fixture.Store.OpenHistory(range, 77);

            var rows = await Portions.ToListAsync(scan, Between, During);
            AnswerText.Of(rows).Should().Be(expected, "seed {0}, round {1}", seed, round);
            rows = await Portions.ToListAsync(historyScan, Between, During);
            AnswerText.Of(rows).Should().Be(history, "seed {0}, round {1}", seed, round);

            Task Between(int read)
            {
                _ = random.Next(3) == 0 && Upset(fixture, random.Next(1_000));
                return Task.CompletedTask;
            }

            void During(int read) => _ = random.Next(300) == 0 && Upset(fixture, random.Next(1_000));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task B5_B4_AHistoryThatIsUpsetInTheMiddleOfAKeyGoesOnWhereItWas(bool between)
    {
        foreach (var place in (int[])[1, 5, 63, 64, 65, 400, 511, 512, 513, 899, 900, 901, 902, 1_023, 1_024, 1_025, 1_300])
        {
            await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.Persistence.ReadPageRows = 90);
            for (ulong version = 1; version <= 900; version++)
            {
                await fixture.Store.CommitAsync(version % 300 == 0 ? new WriteBatch().Remove("long") : new WriteBatch().Set("long", $"{version}"), version);
            }

            var batch = new WriteBatch();
            for (var i = 0; i < 300; i++)
            {
                batch.Set($"m{i:000}", "1");
            }

            await fixture.Store.CommitAsync(batch, 901);
            await fixture.Store.CommitAsync(batch.Remove("m010"), 902);
            var expected = await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest));
            using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
            foreach (var scan in (RowScan[])[fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest), snapshot.OpenHistory(KeyRange.All)])
            {
                var isDone = false;
                var rows = await Portions.ToListAsync(
                    scan,
                    read =>
                    {
                        isDone |= between && !isDone && read >= place && Upset(fixture, read);
                        return Task.CompletedTask;
                    },
                    read => isDone |= !between && !isDone && read >= place && Upset(fixture, read));
                AnswerText.Of(rows).Should().Be(expected, "at {0}", place);
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B5_AFloorThatRisesMayEndAHistoryEarlierAndLeavesOutNothingAboveIt(StoreStorage storage)
    {
        foreach (var place in (int[])[1, 100, 300, 512, 700])
        {
            await using var fixture = await StoreFixture.OpenAsync(storage, o =>
            {
                o.GarbageCollection.RetainVersions = 8;
                o.Persistence.ReadPageRows = 60;
            });
            var batch = new WriteBatch();
            for (var i = 0; i < 100; i++)
            {
                batch.Set($"k{i:000}", "1");
            }

            for (ulong version = 1; version <= 10; version++)
            {
                await fixture.Store.CommitAsync(batch, version);
            }

            var all = (await Scans.ToListAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest))).ConvertAll(AnswerText.Of);
            var isDone = false;
            var rows = await Portions.ToListAsync(fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest), duringPortion: read =>
            {
                isDone |= !isDone && read >= place && Upset(fixture, read);
            });

            // What is above the floor, 7. The newest at or below it may have been let go: a late commit came after the view was captured.
            var shown = rows.ConvertAll(AnswerText.Of);
            shown.Should().BeSubsetOf(all).And.OnlyHaveUniqueItems();
            shown.Should().Equal(all.Where(shown.Contains), "in order");
            rows.Where(r => r.Version > 7).Should().HaveCount(300);
        }
    }

    [Fact]
    public async Task B9_AScanOfADesertYieldsControlAndWorkForAPortionIsBounded()
    {
        const int Deleted = 20_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.Persistence.ReadPageRows = 1_000);
        var batch = new WriteBatch();
        for (var i = 0; i < Deleted; i++)
        {
            batch.Remove($"k{i:00000}");
        }

        await fixture.Store.CommitAsync(batch.Set("z", "end"), 10);
        await RequireManyPortionsAsync(Deleted / 1_000);
        await fixture.SettleAsync(Residency.Evicted);
        await RequireManyPortionsAsync(Deleted / 1_000);

        async Task RequireManyPortionsAsync(int atLeast)
        {
            var portions = 0;
            var rows = await Portions.ToListAsync(fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest), _ =>
            {
                portions++;
                return Task.CompletedTask;
            });
            rows.Should().ContainSingle();
            portions.Should().BeGreaterThan(atLeast);
        }
    }

    [Fact]
    public async Task B11_TheyAllocateNothingForARow()
    {
        const int Rows = 10_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store, Rows);
        await fixture.FlushIfPersistentAsync();
        foreach (var open in (Func<RowScan>[])[
            () => fixture.Store.OpenScan(KeyRange.All, ReadScope.AsOf(10)),
            () => fixture.Store.OpenScan(KeyRange.All, ReadScope.AsOf(10), ScanDirection.Reverse),
            () => fixture.Store.OpenHistory(KeyRange.All, 10)])
        {
            Count(open());
            var before = GC.GetAllocatedBytesForCurrentThread();
            Count(open()).Should().Be(Rows);
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(8_000, "what the scan itself needs is all");
        }
    }
}
