using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class ScanTests
{
    private const int DenseKeys = 24;
    private const int SparseEvery = 7;

    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    public static TheoryData<StoreStorage, bool, ScanDirection, bool> TierMixtures
    {
        get
        {
            var data = new TheoryData<StoreStorage, bool, ScanDirection, bool>();
            foreach (var storage in (StoreStorage[])[StoreStorage.InMemory, StoreStorage.Sqlite])
            {
                foreach (var isMemoryDense in (bool[])[true, false])
                {
                    foreach (var direction in Enum.GetValues<ScanDirection>())
                    {
                        data.Add(storage, isMemoryDense, direction, true);
                        data.Add(storage, isMemoryDense, direction, false);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(TierMixtures))]
    public async Task Trap03_AScanWithAFlushPassingReturnsEveryRow(
        StoreStorage storage, bool isMemoryDense, ScanDirection direction, bool evict)
    {
        // Sparse tier and dense memory, and the other way round; every page size, and a flush after every page in turn.
        var sizes = storage == StoreStorage.InMemory
            ? Enumerable.Range(1, DenseKeys + 2)
            : [1, 2, 3, 7, DenseKeys - 1, DenseKeys, DenseKeys + 1];
        foreach (var size in sizes)
        {
            await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 3);
            var expected = await FillTwoTiersAsync(fixture, isMemoryDense, direction);
            var flushAfter = 1 + (size % 3);
            var rows = await Scans.PagesAsync(fixture.Store, KeyRange.All, ReadScope.Latest, size, direction, async pages =>
            {
                if (pages == flushAfter)
                {
                    await fixture.Store.FlushAsync();
                    _ = evict ? fixture.Store.Evict(0) : 0;
                }
            });
            Show(rows).Should().Equal(expected, "the page size is {0}", size);
        }
    }

    [Theory]
    [MemberData(nameof(TierMixtures))]
    public async Task Trap03_AnEnumerationWithAFlushPassingReturnsEveryRow(
        StoreStorage storage, bool isMemoryDense, ScanDirection direction, bool evict)
    {
        var positions = storage == StoreStorage.InMemory ? Enumerable.Range(0, DenseKeys) : [0, 1, 5, DenseKeys - 1];
        foreach (var flushAt in positions)
        {
            await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 4);
            var expected = await FillTwoTiersAsync(fixture, isMemoryDense, direction);
            var rows = new List<VersionedRow>();
            await foreach (var row in fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest, direction))
            {
                if (rows.Count == flushAt)
                {
                    await fixture.Store.FlushAsync();
                    _ = evict ? fixture.Store.Evict(0) : 0;
                }

                rows.Add(row);
            }

            Show(rows).Should().Equal(expected, "the flush is at row {0}", flushAt);
        }
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B8_AScanIsStableWhateverHappensBetweenItsRows(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.Persistence.ReadPageRows = 2;
            o.GarbageCollection.RetainVersions = 0;
        });
        await fixture.Store.CommitAsync(Batch(20, "old"), 10);
        var expected = await Scans.ShowAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest));

        var rows = new List<VersionedRow>();
        ulong next = 20;
        await foreach (var row in fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest))
        {
            rows.Add(row);
            await fixture.Store.CommitAsync(Batch(25, "new"), next);
            await fixture.Store.CommitAsync(new WriteBatch().Remove("k05").Remove("k19").Set("k00x", "late"), next - 1);
            next += 10;
            await FlushAndEvictAsync(fixture);
            await fixture.Store.ReclaimAsync();
        }

        AnswerText.Of(rows).Should().Be(expected);
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B8_PagesOfASnapshotFitTogetherWhateverHappensBetweenThem(StoreStorage storage)
    {
        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            foreach (var size in (int[])[1, 3, 20])
            {
                await using var fixture = await StoreFixture.OpenAsync(storage, o =>
                {
                    o.Persistence.ReadPageRows = 2;
                    o.GarbageCollection.RetainVersions = 0;
                });
                await fixture.Store.CommitAsync(Batch(20, "old"), 10);
                using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
                var expected = await Scans.ShowAsync(snapshot.ScanAsync(KeyRange.All, direction));
                ulong next = 20;
                var rows = await Scans.PagesAsync(snapshot, KeyRange.All, size, direction, afterPage: async _ =>
                {
                    await fixture.Store.CommitAsync(Batch(25, "new"), next);
                    await fixture.Store.CommitAsync(new WriteBatch().Remove("k05").Set("k00x", "late"), next - 1);
                    next += 10;
                    await FlushAndEvictAsync(fixture);
                    await fixture.Store.ReclaimAsync();
                });
                AnswerText.Of(rows).Should().Be(expected);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B8_ReverseEqualsForwardReversedForEveryScopeAndPageSize(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 3);
        await fixture.Store.CommitAsync(Batch(12, "1"), 1);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("k03").Remove("k04").Set("k07", "2"), 2);
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("k00").Remove("k11").Set("k04x", "3").Set("k08", "3"), 3);

        ReadScope[] scopes =
        [
            ReadScope.Latest, ReadScope.AsOf(1), ReadScope.AsOf(2), ReadScope.Between(1, 3), ReadScope.Between(2, 3), ReadScope.Between(1, 2),
        ];
        KeyRange[] ranges =
        [
            KeyRange.All, KeyRange.Between("k02"u8, "k09"u8), KeyRange.From("k03"u8, false), KeyRange.Until("k08"u8, true),
        ];
        foreach (var scope in scopes)
        {
            foreach (var range in ranges)
            {
                var forward = await Scans.ToListAsync(fixture.Store.ScanAsync(range, scope));
                var reversed = AnswerText.Of(Enumerable.Reverse(forward));
                (await Scans.ShowAsync(fixture.Store.ScanAsync(range, scope, ScanDirection.Reverse))).Should().Be(reversed);
                for (var size = 1; size <= 14; size++)
                {
                    AnswerText.Of(await Scans.PagesAsync(fixture.Store, range, scope, size, ScanDirection.Forward))
                        .Should().Be(AnswerText.Of(forward));
                    AnswerText.Of(await Scans.PagesAsync(fixture.Store, range, scope, size, ScanDirection.Reverse)).Should().Be(reversed);
                }
            }
        }
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B8_ScansAreWholeWhileThreadsCommitFlushEvictAndReclaim(StoreStorage storage)
    {
        const int Keys = 30;
        const int Commits = 250;
        const int ScansEach = 60;
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.Persistence.ReadPageRows = 7;
            o.GarbageCollection.RetainVersions = 8;
        });
        await fixture.Store.CommitAsync(Batch(Keys, "0"), 1);
        long last = 1;

        // Every commit writes every key, so a scan that is one moment shows one version. Versions of the two writers interleave.
        var writers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Commits; i++)
            {
                var version = (ulong)Interlocked.Increment(ref last);
                try
                {
                    await fixture.Store.CommitAsync(Batch(Keys, $"{version}"), version);
                }
                catch (BelowFloorException)
                {
                    // The other writer was faster by more than is retained.
                }
            }
        }));
        var mover = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await FlushAndEvictAsync(fixture);
                await fixture.Store.ReclaimAsync();
            }
        });
        var readers = Enumerable.Range(0, 2).Select(reader => Task.Run(async () =>
        {
            for (var i = 0; i < ScansEach; i++)
            {
                var direction = (i + reader) % 2 == 0 ? ScanDirection.Forward : ScanDirection.Reverse;
                RequireWhole(await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest, direction)), direction);
                using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest, "reader");
                var first = await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All, direction));
                RequireWhole(first, direction);
                AnswerText.Of(await Scans.PagesAsync(snapshot, KeyRange.All, 1 + (i % 9), direction)).Should().Be(AnswerText.Of(first));
            }
        }));
        await Task.WhenAll([.. writers, mover, .. readers]).Guarded();

        void RequireWhole(List<VersionedRow> rows, ScanDirection direction)
        {
            rows.Should().HaveCount(Keys);
            rows.Select(r => r.Version).Distinct().Should().ContainSingle();
            var keys = rows.ConvertAll(r => Bytes.Text(r.Key));
            var ascending = keys.Order(StringComparer.Ordinal);
            keys.Should().Equal(direction == ScanDirection.Forward ? ascending : ascending.Reverse());
        }
    }

    private static async Task FlushAndEvictAsync(StoreFixture fixture)
    {
        try
        {
            await fixture.Store.FlushAsync();
            fixture.Store.Evict(0);
        }
        catch (DurabilityUnavailableException)
        {
            // In memory only there is nowhere to flush to.
        }
    }

    private static WriteBatch Batch(int keys, string value)
    {
        var batch = new WriteBatch(keys);
        for (var i = 0; i < keys; i++)
        {
            batch.Set($"k{i:00}", value);
        }

        return batch;
    }

    /// <summary>Fills the tier and memory with different keys, one of them sparsely, and tells what a scan must return.</summary>
    private static async Task<IReadOnlyList<string>> FillTwoTiersAsync(StoreFixture fixture, bool isMemoryDense, ScanDirection direction)
    {
        var dense = new WriteBatch();
        var sparse = new WriteBatch();
        for (var i = 0; i < DenseKeys; i++)
        {
            (i % SparseEvery == SparseEvery / 2 ? sparse : dense).Set($"k{i:00}", $"{i}");
        }

        await fixture.Store.CommitAsync(isMemoryDense ? sparse : dense, 1);
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.CommitAsync(isMemoryDense ? dense : sparse, 2);
        var expected = Enumerable.Range(0, DenseKeys).Select(i => $"k{i:00}={i}");
        return [.. direction == ScanDirection.Forward ? expected : expected.Reverse()];
    }

    private static IEnumerable<string> Show(IEnumerable<VersionedRow> rows)
        => rows.Select(r => $"{Bytes.Text(r.Key)}={Bytes.Text(r.Value)}");
}
