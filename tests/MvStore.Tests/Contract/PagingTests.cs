using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class PagingTests
{
    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Trap10_PageSizeBelowOneIsAnArgumentError(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, size));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await snapshot.ScanPageAsync(KeyRange.All, size));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await fixture.Store.ScanPageAsync(KeyRange.Between("b"u8, "a"u8), ReadScope.Latest, size));
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B9_AHugePageSizeIsOnePage(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 1);
        await fixture.SettleAsync(residency);

        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            var page = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, int.MaxValue, direction);
            page.Rows.Should().HaveCount(2);
            page.Next.Should().BeNull();
        }

        var none = await fixture.Store.ScanPageAsync(KeyRange.From("c"u8), ReadScope.Latest, 1);
        none.Rows.Should().BeEmpty();
        none.Next.Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B9_ADesertOfTombstonesYieldsEmptyPagesWithAContinuation(StoreStorage storage, Residency residency)
    {
        const int Desert = 3_000;
        const int Skipped = 100;
        const int Chunk = 50;
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.Persistence.MaxSkippedPerPage = Skipped;
            o.Persistence.ReadPageRows = Chunk;
        });
        var desert = new WriteBatch(Desert);
        for (var i = 0; i < Desert; i++)
        {
            desert.Remove($"k{i:00000}");
        }

        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("z", "1"), 1);
        await fixture.Store.CommitAsync(desert, 2);
        await fixture.SettleAsync(residency);

        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            foreach (var size in (int[])[1, 10])
            {
                var empty = 0;
                var pages = 1;
                PageToken? next = null;
                var rows = await Scans.PagesAsync(
                    async token =>
                    {
                        var page = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, size, direction, token);
                        empty += page.Rows.Count == 0 ? 1 : 0;
                        pages++;
                        next = page.Next;
                        return page;
                    },
                    size);
                rows.Should().HaveCount(2);
                next.Should().BeNull();
                empty.Should().BeGreaterThanOrEqualTo((Desert / (Skipped + Chunk)) - 2, "a page looks at about {0} entries", Skipped);
                pages.Should().BeLessThan(Desert, "each page gets somewhere");
            }
        }

        (await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest))).Should().HaveCount(2);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B9_AnEmptyPagePassesAnEntryOrTheEndOfAKey(StoreStorage storage, Residency residency)
    {
        // A page that skips one entry may end inside a key that has no other: only the next page finds that out. So a key whose only entry is hidden costs two pages at most.
        const int Hidden = 20;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.MaxSkippedPerPage = 1);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("z", "1"), 1);
        await fixture.Store.CommitAsync(HiddenKeys(Hidden), 2);
        await fixture.SettleAsync(residency);
        using var snapshot = fixture.Store.OpenSnapshot(1);

        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            var empty = 0;
            var rows = await Scans.PagesAsync(
                async token =>
                {
                    var page = await snapshot.ScanPageAsync(KeyRange.All, 1, direction, token);
                    empty += page.Rows.Count == 0 ? 1 : 0;
                    empty.Should().BeLessThanOrEqualTo((2 * Hidden) + 1, "the last page may be empty, too");
                    return page;
                },
                size: 1);
            AnswerText.Of(rows).Should().Be(direction == ScanDirection.Forward ? "[a@1=1, z@1=1]" : "[z@1=1, a@1=1]");
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B9_APageIsFilledWhereThereIsLittleToSkip(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 3);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("z", "1"), 1);
        await fixture.Store.CommitAsync(HiddenKeys(1_000), 2);
        await fixture.SettleAsync(residency);
        using var snapshot = fixture.Store.OpenSnapshot(1);

        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            var page = await snapshot.ScanPageAsync(KeyRange.All, 2, direction);
            AnswerText.Of(page.Rows).Should().Be(direction == ScanDirection.Forward ? "[a@1=1, z@1=1]" : "[z@1=1, a@1=1]");
        }
    }

    [Theory]
    [InlineData(StoreStorage.InMemory, ScanDirection.Forward)]
    [InlineData(StoreStorage.InMemory, ScanDirection.Reverse)]
    [InlineData(StoreStorage.Sqlite, ScanDirection.Forward)]
    [InlineData(StoreStorage.Sqlite, ScanDirection.Reverse)]
    public async Task B9_VersionsHiddenInOneKeyOnDiskYieldEmptyPagesWithAContinuation(StoreStorage storage, ScanDirection direction)
    {
        const int Hidden = 500;
        const int Skipped = 100;
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.Persistence.MaxSkippedPerPage = Skipped;
            o.Persistence.ReadPageRows = 50;
        });
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("k", "1").Set("z", "1"), 10);
        await fixture.Store.SetAsync(1_000, "x", "2");
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        var first = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, direction);

        // Below the moment of the scan, but published after it.
        for (var version = 11UL; version < 11 + Hidden; version++)
        {
            await fixture.Store.SetAsync(version, "k", "late");
        }

        await fixture.SettleAsync(Residency.Evicted);
        string[] expected = ["a=1@10", "k=1@10", "x=2@1000", "z=1@10"];
        foreach (var size in (int[])[1, 10])
        {
            var ofStore = await AllPagesAsync(token => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, size, direction, token), first);
            var ofSnapshot = await AllPagesAsync(token => snapshot.ScanPageAsync(KeyRange.All, size, direction, token), null);
            foreach (var rows in (List<VersionedRow>[])[ofStore, ofSnapshot])
            {
                rows.Select(StoreTexts.ShowWithKey).Should().Equal(
                    direction == ScanDirection.Forward ? expected : expected.AsEnumerable().Reverse());
            }
        }

        (await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All, direction))).Should().HaveCount(expected.Length);
        (await Scans.ToListAsync(snapshot.HistoryAsync(KeyRange.All))).Should().HaveCount(expected.Length);

        async Task<List<VersionedRow>> AllPagesAsync(Func<PageToken?, ValueTask<ScanPage>> read, ScanPage? before)
        {
            List<VersionedRow> rows = [.. before?.Rows ?? []];
            var empty = 0;
            for (var next = before?.Next; ;)
            {
                var examined = fixture.Tier.Examined;
                var page = await read(next);
                (fixture.Tier.Examined - examined).Should().BeLessThanOrEqualTo(Skipped + page.Rows.Count, "a page skips so many at most");
                rows.AddRange(page.Rows);
                empty += page.Rows.Count == 0 ? 1 : 0;
                if (page.Next is null)
                {
                    empty.Should().BeGreaterThanOrEqualTo((Hidden / Skipped) - 1);
                    return rows;
                }

                next = page.Next;
            }
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B9_ARowThatMovesToDiskWhileItsKeyIsPartlyExaminedIsFound(ScanDirection direction)
    {
        // The tier has looked at part of a key that it does not have yet. By the time it looks at the other part, it has it, and memory has not.
        await using var fixture = await StoreFixture.OpenAsync(configure: o => o.Persistence.MaxSkippedPerPage = 1);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.CommitAsync(new WriteBatch().Set("k", "old"), 2);
        await fixture.Store.CommitAsync(new WriteBatch().Set("k", "new"), 5);
        var asked = 0;
        fixture.Tier.AnswerScan = _ => asked++ == 0 ? new TierPage([], new TierPosition(Bytes.Of("k"), 3), 1) : null;
        var rows = await Scans.PagesAsync(
            fixture.Store, KeyRange.Exactly("k"u8), ReadScope.Latest, 1, direction, _ => fixture.SettleAsync(Residency.Evicted));
        AnswerText.Of(rows).Should().Be("[k@5=new]");
    }

    [Fact]
    public async Task Trap10_AMillionTombstonesAreCrossedWithBoundedWorkAndNoRecursion()
    {
        const int Tombstones = 1_000_000;
        const int PerCommit = 50_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.Persistence.MaxSkippedPerPage = 20_000);
        var key = new byte[sizeof(ulong)];
        for (var from = 0; from < Tombstones; from += PerCommit)
        {
            var batch = new WriteBatch(PerCommit);
            for (var i = from; i < from + PerCommit; i++)
            {
                batch.Remove(Bytes.Of((ulong)i));
            }

            await fixture.Store.CommitAsync(batch, (ulong)(from / PerCommit) + 1);
        }

        await fixture.Store.CommitAsync(new WriteBatch().Set([0xFF], key).Set([], key), 100);

        (await Scans.PagesAsync(fixture.Store, KeyRange.All, ReadScope.Latest, 10, ScanDirection.Forward)).Should().HaveCount(2);
        (await Scans.PagesAsync(fixture.Store, KeyRange.All, ReadScope.Latest, 10, ScanDirection.Reverse)).Should().HaveCount(2);
        (await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest))).Should().HaveCount(2);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task Trap10_ALongDesertOnDiskIsCrossedOneRowAtATime(StoreStorage storage)
    {
        const int Tombstones = 5_000;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 1);
        var batch = new WriteBatch(Tombstones);
        for (var i = 0; i < Tombstones; i++)
        {
            batch.Remove(Bytes.Of((ulong)i));
        }

        await fixture.Store.CommitAsync(batch, 1);
        await fixture.Store.CommitAsync(new WriteBatch().Set([0xFF], "x"u8), 2);
        await fixture.SettleAsync(Residency.Evicted);
        (await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest))).Should().ContainSingle();
        (await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest, ScanDirection.Reverse))).Should().ContainSingle();
    }

    private static WriteBatch HiddenKeys(int count)
    {
        var batch = new WriteBatch(count);
        for (var i = 0; i < count; i++)
        {
            batch.Set($"k{i:00000}", "hidden");
        }

        return batch;
    }
}
