using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class PagingTests
{
    private const int Fuzzes = 2_000;

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
    public async Task B9_ATokenResumesInAnotherCallAfterATripOutOfTheProcess(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1").Set("d", "1"), 1);
        await fixture.SettleAsync(residency);

        var first = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1);
        await fixture.Store.CommitAsync(new WriteBatch().Set("aa", "2").Remove("c").Set("d", "2"), 2);
        var carried = new PageToken(Convert.FromBase64String(Convert.ToBase64String(first.Next!.Value.Bytes.Span)));
        carried.Should().Be(first.Next.Value);

        // The page size may change between pages, and a token may be used again.
        for (var times = 0; times < 2; times++)
        {
            var rest = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 10, ScanDirection.Forward, carried);
            AnswerText.Of(rest.Rows).Should().Be("[b@1=1, c@1=1, d@1=1]", "later pages read at the moment of the first");
            rest.Next.Should().BeNull();
        }
    }

    [Fact]
    public async Task B9_ATokenOfAnotherScanIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store);
        var range = KeyRange.Between("k0"u8, "k7"u8);
        var token = (await fixture.Store.ScanPageAsync(range, ReadScope.AsOf(2), 2)).Next!.Value;

        (KeyRange Range, ReadScope Scope, ScanDirection Direction)[] others =
        [
            (range, ReadScope.AsOf(2), ScanDirection.Reverse),
            (range, ReadScope.AsOf(1), ScanDirection.Forward),
            (range, ReadScope.Latest, ScanDirection.Forward),
            (range, ReadScope.Between(1, 2), ScanDirection.Forward),
            (KeyRange.All, ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k0"u8, "k8"u8), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k0"u8, true, "k7"u8, true), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k0"u8, false, "k7"u8, false), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.From("k0"u8), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Until("k7"u8), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k"u8, "0k7"u8), ReadScope.AsOf(2), ScanDirection.Forward),
        ];
        foreach (var (otherRange, scope, direction) in others)
        {
            await RequireRefusedAsync(
                () => fixture.Store.ScanPageAsync(otherRange, scope, 2, direction, token),
                $"{otherRange} {scope} {direction}");
        }

        AnswerText.Of((await fixture.Store.ScanPageAsync(range, ReadScope.AsOf(2), 2, ScanDirection.Forward, token)).Rows)
            .Should().Be("[k2@1=1, k3@1=1]");
    }

    [Fact]
    public async Task B9_ATokenOfAnotherSnapshotOrAnotherOpeningIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store);
        var ofStore = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2)).Next!.Value;
        using (var one = fixture.Store.OpenSnapshot(2))
        {
            var token = (await one.ScanPageAsync(KeyRange.All, 2)).Next!.Value;
            using var other = fixture.Store.OpenSnapshot(1);
            await RequireRefusedAsync(() => other.ScanPageAsync(KeyRange.All, 2, continuation: token), "another version");
            await fixture.Store.SetAsync(3, "x", "1");
            using var later = fixture.Store.OpenSnapshot(2);
            await RequireRefusedAsync(() => later.ScanPageAsync(KeyRange.All, 2, continuation: token), "another moment");
            await RequireRefusedAsync(() => one.ScanPageAsync(KeyRange.All, 2, after: 1, continuation: token), "another window");
            await RequireRefusedAsync(() => one.ScanPageAsync(KeyRange.All, 2, ScanDirection.Reverse, token), "another direction");
        }

        await fixture.ReopenAsync();
        await RequireRefusedAsync(
            () => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2, continuation: ofStore),
            "an earlier opening");
    }

    [Fact]
    public async Task B9_ADamagedTokenGivesAnArgumentErrorAndNeverAnythingElse()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store);
        using var snapshot = fixture.Store.OpenSnapshot(2);
        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2)).Next!.Value.Bytes.ToArray();

        // Cut short anywhere, lengthened, each bit flipped, and at random.
        for (var length = 0; length < token.Length; length++)
        {
            await RequireDamagedAsync(token[..length], $"cut to {length} bytes");
            await RequireDamagedAsync(token[length..][..(token.Length - length - 1)], $"from {length}");
        }

        await RequireDamagedAsync([.. token, 0], "one byte longer");
        await RequireDamagedAsync([.. token, .. token], "twice");
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var flipped = token.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            await RequireDamagedAsync(flipped, $"bit {bit} flipped");
        }

        var random = new Random(20_260_101);
        for (var i = 0; i < Fuzzes; i++)
        {
            var noise = new byte[random.Next(120)];
            random.NextBytes(noise);
            if (i % 2 == 0 && noise.Length > 0)
            {
                noise[0] = token[0];
            }

            await RequireDamagedAsync(noise, $"noise {i}");
        }

        async Task RequireDamagedAsync(byte[] bytes, string what)
        {
            await RequireRefusedAsync(
                () => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2, continuation: new PageToken(bytes)),
                what);
            await RequireRefusedAsync(() => snapshot.ScanPageAsync(KeyRange.All, 2, continuation: new PageToken(bytes)), what);
        }
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B9_B10_ATokenWhoseMomentTheFloorPassedGivesTheFloorsError(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await FillAsync(fixture.Store);
        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2)).Next!.Value;
        await fixture.Store.SetAsync(50, "x", "1");
        if (storage != StoreStorage.None)
        {
            await fixture.Store.FlushAsync();
        }

        await fixture.Store.ReclaimAsync();
        var error = await Assert.ThrowsAsync<BelowFloorException>(
            async () => await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2, continuation: token));
        error.Requested.Should().Be((CommitVersion)2);
        error.Floor.Should().Be((CommitVersion)50);
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B9_B10_ATokenWhoseRowsALateCommitReleasedGivesTheFloorsErrorAndNoOtherRows(StoreStorage storage)
    {
        // The floor stays below the token's version, but the late 55, which the scan cannot see, takes the place of 10 below the floor.
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 40);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "10").Set("b", "10").Set("c", "10"), 10);
        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(100), 1)).Next!.Value;
        await fixture.Store.SetAsync(60, "x", "60");
        await fixture.Store.SetAsync(55, "b", "55");
        await fixture.Store.SetAsync(100, "x", "100");
        if (storage != StoreStorage.None)
        {
            await fixture.Store.FlushAsync();
        }

        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)60);
        await Assert.ThrowsAsync<BelowFloorException>(
            async () => await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(100), 5, continuation: token));
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B9_ATokenSurvivesAFloorThatRisesBelowItsMoment(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 5);
        await FillAsync(fixture.Store);
        await fixture.Store.SetAsync(10, "k9", "ten");
        var first = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 2);
        if (storage != StoreStorage.None)
        {
            await fixture.Store.FlushAsync();
        }

        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)5);
        var rest = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 20, continuation: first.Next);
        AnswerText.Of([.. first.Rows, .. rest.Rows])
            .Should().Be("[k0@1=1, k1@1=1, k2@1=1, k3@1=1, k4@1=1, k5@2=2, k6@2=2, k7@2=2, k8@2=2, k9@10=ten]");
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

    private static async Task FillAsync(IMultiVersionStore store)
    {
        await store.CommitAsync(new WriteBatch().Set("k0", "1").Set("k1", "1").Set("k2", "1").Set("k3", "1").Set("k4", "1"), 1);
        await store.CommitAsync(new WriteBatch().Set("k5", "2").Set("k6", "2").Set("k7", "2").Set("k8", "2").Set("k9", "2"), 2);
    }

    private static async Task RequireRefusedAsync(Func<ValueTask<ScanPage>> read, string what)
    {
        Exception? thrown = null;
        try
        {
            await read();
        }
#pragma warning disable CA1031 // Any other exception is the finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            thrown = error;
        }

        thrown.Should().BeOfType<ArgumentException>("the token is wrong: {0}", what);
    }
}
