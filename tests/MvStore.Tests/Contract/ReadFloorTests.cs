using MvStore.Tests.Fixtures;
using MvStore.Tests.Model;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class ReadFloorTests
{
    public static TheoryData<StoreStorage, Residency> AtRest
    {
        get
        {
            var data = new TheoryData<StoreStorage, Residency> { { StoreStorage.None, Residency.MemoryOnly } };
            foreach (var storage in (StoreStorage[])[StoreStorage.InMemory, StoreStorage.Sqlite])
            {
                data.Add(storage, Residency.Flushed);
                data.Add(storage, Residency.Evicted);
                data.Add(storage, Residency.Reopened);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(AtRest))]
    public async Task Trap07_StartingBelowTheFloorIsATypedErrorForEveryReadAndNeverAbsent(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAtFloorAsync(storage, residency);
        var store = fixture.Store;
        foreach (var at in (CommitVersion[])[0, 1, 5, 19])
        {
            foreach (var key in (string[])["a", "nobody"])
            {
                await RequireBelowFloorAsync(at, async () => await store.GetAsync(Bytes.Of(key), at));
                await RequireBelowFloorAsync(at, async () => await store.ContainsAsync(Bytes.Of(key), at));
                await RequireBelowFloorAsync(at, async () => await store.GetManyAsync([Bytes.Of(key)], at));
                await RequireBelowFloorAsync(
                    at,
                    async () => await Scans.ToListAsync(store.ScanAsync(KeyRange.Exactly(Bytes.Of(key)), ReadScope.AsOf(at))));
                await RequireBelowFloorAsync(
                    at,
                    async () => await Scans.ToListAsync(store.HistoryAsync(KeyRange.Exactly(Bytes.Of(key)), at)));
            }

            await RequireBelowFloorAsync(
                at,
                async () => await Scans.ToListAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(at), ScanDirection.Reverse)));
            await RequireBelowFloorAsync(at, async () => await store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(at), 1));
            await RequireBelowFloorAsync(at, () =>
            {
                store.OpenSnapshot(at).Dispose();
                return Task.CompletedTask;
            });
        }

        // At the floor and above it everything can be read.
        (await store.ReadAsync("a", 20)).Should().Be("1@10");
        (await store.ReadAsync("a", 29)).Should().Be("1@10");
        (await store.ReadAsync("a")).Should().Be("3@30");
        (await store.ReadAsync("nobody", 20)).Should().BeNull();
        using var snapshot = store.OpenSnapshot(20);
        (await snapshot.ReadAsync("a")).Should().Be("1@10");
    }

    [Theory]
    [MemberData(nameof(AtRest))]
    public async Task B10_SteppingBackBelowTheFloorSaysReclaimed(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAtFloorAsync(storage, residency);
        AnswerText.Of(await fixture.Store.GetPreviousAsync("a"u8, 30)).Should().Be("a@10=1");
        AnswerText.Of(await fixture.Store.GetPreviousAsync("a"u8, 21)).Should().Be("a@10=1");
        AnswerText.Of(await fixture.Store.GetPreviousAsync("a"u8, 20)).Should().Be(AnswerText.Reclaimed);
        AnswerText.Of(await fixture.Store.GetPreviousAsync("a"u8, 10)).Should().Be(AnswerText.Reclaimed);
    }

    [Theory]
    [MemberData(nameof(AtRest))]
    public async Task B10_TheFloorNeverGoesBackAlsoAcrossReopening(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAtFloorAsync(storage, residency);
        fixture.Store.GetFloor().Should().Be((CommitVersion)20);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)20);
        if (storage != StoreStorage.None)
        {
            await fixture.ReopenAsync();
            fixture.Store.GetFloor().Should().Be((CommitVersion)20);
            await RequireBelowFloorAsync(19, async () => await fixture.Store.GetAsync("a"u8, 19));
        }
    }

    [Theory]
    [MemberData(nameof(AtRest))]
    public async Task B10_EachKindHasItsFloorAndARangeIsBoundByTheHighestItCrosses(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            storage,
            options =>
            {
                options.GarbageCollection.RetainVersions = 50;
                options.GarbageCollection.RetainVersionsByKind[FirstByteClassifier.Operator] = 10;
                options.GarbageCollection.RetainVersionsByKind[FirstByteClassifier.Source] = null;
            },
            builder => builder.UseKeyClassifier(new FirstByteClassifier(precise: true)));
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set([0xFF], "1"u8), 1);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2").Set([0xFF], "2"u8), 100);
        await fixture.SettleAsync(residency);
        await fixture.Store.ReclaimAsync();
        var store = fixture.Store;

        store.GetFloor().Should().Be((CommitVersion)50);
        store.GetFloor(FirstByteClassifier.Operator).Should().Be((CommitVersion)90);
        store.GetFloor(FirstByteClassifier.Source).Should().Be(CommitVersion.Zero);
        store.GetFloor(EntryKind.Operator(8)).Should().Be((CommitVersion)50, "kinds that are not listed follow the default");

        (await store.ReadAsync("a", 50)).Should().Be("1@1");
        await RequireBelowFloorAsync(49, async () => await store.GetAsync("a"u8, 49), 50);
        await RequireBelowFloorAsync(89, async () => await store.GetAsync("b"u8, 89), 90);
        (await store.GetAsync([0xFF], 1))!.Value.Version.Should().Be(CommitVersion.Min);

        await RequireBelowFloorAsync(89, async () => await store.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")], 89), 90);
        (await store.GetManyAsync([Bytes.Of("a"), new byte[] { 0xFF }], 60)).Should().HaveCount(2);

        await RequireBelowFloorAsync(89, async () => await Scans.ToListAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(89))), 90);
        await RequireBelowFloorAsync(89, async () => await store.ScanPageAsync(KeyRange.From("ab"u8), ReadScope.AsOf(89), 5), 90);
        await RequireBelowFloorAsync(89, async () => await Scans.ToListAsync(store.HistoryAsync(KeyRange.All, 89)), 90);
        (await Scans.ShowAsync(store.ScanAsync(KeyRange.Until("b"u8), ReadScope.AsOf(60)))).Should().Be("[a@1=1]");
        (await Scans.ShowAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(90)))).Should().Be("[a@1=1, b@1=1, \\xff@1=1]");
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B10_AReadThatTheFloorPassesWhileItWaitsGivesTheFloorsErrorUnlessItHoldsAPin(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        var store = fixture.Store;
        await store.SetAsync(10, "a", "10");
        await store.SetAsync(20, "a", "20");
        await fixture.SettleAsync(Residency.Evicted);

        // All of them start above the floor, and wait for the tier while it rises and version 10 goes.
        var reads = fixture.Tier.HoldReads();
        var get = store.GetAsync("a"u8, 10).AsTask();
        var contains = store.ContainsAsync("a"u8, 10).AsTask();
        var many = store.GetManyAsync([Bytes.Of("a")], 10).AsTask();
        var previous = store.GetPreviousAsync("a"u8, 11).AsTask();
        await reads.Reached.Guarded();
        (await store.ReclaimAsync()).ReclaimedVersions.Should().Be(1);
        var snapshot = Assert.Throws<BelowFloorException>(() => store.OpenSnapshot(10));
        snapshot.Floor.Should().Be((CommitVersion)20);
        reads.Release();

        await RequireBelowFloorAsync(10, () => get.Guarded());
        await RequireBelowFloorAsync(10, () => contains.Guarded());
        await RequireBelowFloorAsync(10, () => many.Guarded());
        (await previous.Guarded()).Kind.Should().Be(PreviousVersionKind.Reclaimed);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B8_AScanThatTheFloorPassesWhileItWaitsKeepsItsMoment(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        var store = fixture.Store;
        await store.SetAsync(10, "a", "10");
        await store.SetAsync(20, "a", "20");
        await fixture.SettleAsync(Residency.Evicted);

        var reads = fixture.Tier.HoldReads();
        var scan = Scans.ToListAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(10)));
        var page = store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(10), 5).AsTask();
        await reads.Reached.Guarded();
        var report = await store.ReclaimAsync();
        (report.Floor, report.ReclaimedVersions).Should().Be(((CommitVersion)20, 0L), "both hold a pin");
        reads.Release();
        AnswerText.Of(await scan.Guarded()).Should().Be("[a@10=10]");
        AnswerText.Of((await page.Guarded()).Rows).Should().Be("[a@10=10]");
    }

    [Fact]
    public async Task B10_B11_AReadNeverGivesAWrongAnswerWhileTheFloorRisesPastIt()
    {
        // Reclamation chases readers that start just above the floor: each gets the right row or the floor's error, never "absent".
        const int Commits = 1_500;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 3);
        await fixture.Store.SetAsync(2, "a", "2");
        var writer = Task.Run(async () =>
        {
            for (ulong version = 4; version <= Commits; version += 2)
            {
                await fixture.Store.SetAsync(version, "a", $"{version}");
                await fixture.Store.ReclaimAsync();
            }
        });
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(async () =>
        {
            for (var i = 0; i < Commits; i++)
            {
                var at = Math.Max(2, fixture.Store.GetFloor().Value + (ulong)(i % 3));
                var answer = await AnswerText.OfAsync(async () => reader switch
                {
                    0 => AnswerText.Of(await fixture.Store.GetAsync("a"u8, at)),
                    1 => AnswerText.Of((await fixture.Store.GetManyAsync([Bytes.Of("a")], at)).Single()),
                    _ => AnswerText.Of((await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(at), 5)).Rows.Single()),
                });
                var written = Math.Min(at, fixture.Store.VisibleVersion.Value) / 2 * 2;
                answer.Should().Match(a =>
                    a == $"a@{written}={written}" || a.StartsWith($"below floor: asked {at}, floor ", StringComparison.Ordinal));
            }
        }));
        await Task.WhenAll([writer, .. readers]).Guarded();
    }

    private static async Task<StoreFixture> OpenAtFloorAsync(StoreStorage storage, Residency residency)
    {
        var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 10);
        await fixture.Store.SetAsync(5, "a", "0");
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(30, "a", "3");
        await fixture.SettleAsync(residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)20);
        return fixture;
    }

    private static async Task RequireBelowFloorAsync(CommitVersion requested, Func<Task> read, ulong floor = 20)
    {
        var error = await Assert.ThrowsAsync<BelowFloorException>(read);
        error.Requested.Should().Be(requested);
        error.Floor.Should().Be((CommitVersion)floor);
    }
}
