using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>What runs that reclamation makes by itself may leave on disk, and what they cost.</summary>
public sealed class BackgroundReclamationTests
{
    private const int Keys = 2_000;
    private const int VersionsPerKey = 10;
    private const ulong Distance = 1_000_000;

    public static TheoryData<StoreStorage> Persistent => [StoreStorage.InMemory, StoreStorage.Sqlite, StoreStorage.LoggedSqlite];

    [Fact]
    public async Task E6_I66_AHundredRunsDoNotWalkThroughHistoryThatIsHeld()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o => o.GarbageCollection.RetainVersions = Distance);
        await FillAsync(fixture, Distance);
        var scanned = 0L;
        for (var run = 1UL; run <= 100; run++)
        {
            // The floor rises each time, and passes nothing.
            await fixture.Store.SetAsync(Distance + VersionsPerKey + run, "k00000", "x");
            await fixture.Store.FlushAsync().Guarded();
            fixture.Store.Evict(0);
            scanned += (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ScannedVersions;
        }

        scanned.Should().BeInRange(Keys * VersionsPerKey, (Keys * VersionsPerKey) + 1_000, "of a hundred walks one was made: nobody knew what can go");
        fixture.Store.GetFloor().Value.Should().BePositive();
        (await fixture.Store.ReclaimAsync().Guarded()).ScannedVersions.Should().BeGreaterThan(Keys * VersionsPerKey, "who asks for a run gets one");
    }

    [Fact]
    public async Task E6_I66_WhatBecomesGarbageGoesOnceItIsATenth()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o => o.GarbageCollection.RetainVersions = 9);
        await FillAsync(fixture, 0);
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().Be(0);

        // Each version that goes by lets the oldest of one key go, then of all.
        for (var version = 11UL; version <= 19; version++)
        {
            await fixture.Store.SetAsync(version, "k00000", "x");
            await fixture.Store.FlushAsync().Guarded();
            fixture.Store.Evict(0);
            (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().BeGreaterThanOrEqualTo(Keys, "that is more than a tenth");
        }

        fixture.Store.GetFloor().Should().Be((CommitVersion)10);
        (await fixture.Store.PreviewReclamationAsync().Guarded()).Report.ReclaimedVersions.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Persistent))]
    public async Task E7_WhatWasLeftIsForeseenAndGoesWhenARunIsAskedFor(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        for (var version = 1UL; version <= 5; version++)
        {
            await fixture.Store.SetAsync(version, "a", "x");
        }

        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        fixture.Tier.PutsOff = true;
        for (var run = 0; run < 3; run++)
        {
            (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().Be(0);
            var preview = await fixture.Store.PreviewReclamationAsync().Guarded();
            preview.Report.Should().Be(new ReclamationReport(5, 0, 5, 4, 8));
        }

        var report = await fixture.Store.ReclaimAsync().Guarded();
        (report.ReclaimedVersions, report.ReclaimedBytes).Should().Be((4, 8));
        (await fixture.Store.ReclaimAsync().Guarded()).ScannedVersions.Should().Be(0, "nothing was left");
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=x@5");
    }

    [Theory]
    [MemberData(nameof(Persistent))]
    public async Task A1_ADroppedKeyGoesThoughTheRestIsLeft(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 2);
        for (var version = 1UL; version <= 5; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "x").Set("b", "x"), version).Guarded();
        }

        using var snapshot = fixture.Store.OpenSnapshot(4, "holds a version of each");
        await fixture.Store.CommitAsync(new WriteBatch().Drop(Bytes.Of("a")), 6).Guarded();
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        fixture.Tier.PutsOff = true;
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().Be(3);
        (await StoredAsync(fixture)).Should().Equal("a@5", "a@4", "b@5", "b@4", "b@3", "b@2", "b@1");

        snapshot.Dispose();
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().Be(1, "the pin is closed");
        (await StoredAsync(fixture)).Should().Equal("a@5", "b@5", "b@4", "b@3", "b@2", "b@1");
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().Be(3);
    }

    [Theory]
    [MemberData(nameof(Persistent))]
    public async Task I67_EveryDroppedKeyIsAskedForThoughTheRestIsLeft(StoreStorage storage)
    {
        string[] dropped = ["a", "c", "d"];
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 2);
        for (var version = 1UL; version <= 5; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "x").Set("b", "x").Set("c", "x").Set("d", "x"), version).Guarded();
        }

        await fixture.Store.CommitAsync(dropped.Aggregate(new WriteBatch(), (batch, key) => batch.Drop(Bytes.Of(key))), 6).Guarded();
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        fixture.Tier.PutsOff = true;
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().Be(4 * dropped.Length);
        (await StoredAsync(fixture)).Should().Equal("a@5", "b@5", "b@4", "b@3", "b@2", "b@1", "c@5", "d@5");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.1, true)]
    public async Task E6_AShareOfNothingLeavesNothing(double share, bool leaves)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => (o.GarbageCollection.RetainVersions, o.GarbageCollection.MaxGarbageShare) = (0, share));
        await fixture.Store.SetAsync(1, "a", "x");
        await fixture.Store.SetAsync(2, "a", "x");
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        fixture.Tier.PutsOff = true;
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ReclaimedVersions.Should().Be(leaves ? 0 : 1);
    }

    [Fact]
    public async Task E6_RunsAtTheIntervalMayLeaveSomething()
    {
        var interval = TimeSpan.FromSeconds(7);
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => (o.GarbageCollection.RetainVersions, o.GarbageCollection.Interval) = (0, interval));
        await fixture.Store.SetAsync(1, "a", "x");
        await fixture.Store.SetAsync(2, "a", "x");
        await fixture.Store.FlushAsync().Guarded();
        fixture.Tier.PutsOff = true;
        await fixture.Clock.TimerStartedAsync(due => due == interval).Guarded();
        var putOff = Task.Run(async () =>
        {
            while (fixture.Tier.PutOff == 0)
            {
                await Task.Yield();
            }
        });
        fixture.Clock.Advance(interval);
        await putOff.Guarded();
    }

    [Fact]
    public async Task E8_I66_AfterReopeningTheFirstRunWalksThroughEverything()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o => o.GarbageCollection.RetainVersions = Distance);
        await FillAsync(fixture, Distance);
        await fixture.Store.ReclaimInBackgroundAsync().Guarded();
        await fixture.ReopenAsync();
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ScannedVersions.Should().Be(Keys * VersionsPerKey);
        (await fixture.Store.ReclaimInBackgroundAsync().Guarded()).ScannedVersions.Should().Be(0);
    }

    private static async Task FillAsync(StoreFixture fixture, ulong before)
    {
        for (var version = 1UL; version <= VersionsPerKey; version++)
        {
            var batch = new WriteBatch();
            for (var i = 0; i < Keys; i++)
            {
                batch.Set($"k{i:D5}", "x");
            }

            await fixture.Store.CommitAsync(batch, before + version).Guarded();
        }

        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
    }

    private static async Task<string[]> StoredAsync(StoreFixture fixture)
    {
        var scan = new TierScan(KeyRange.All, new TierView(CommitVersion.Latest, ulong.MaxValue), TierScanMode.History, ScanDirection.Forward, 1_000);
        return [.. (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.Select(row => $"{Bytes.Text(row.Key)}@{row.Version}")];
    }
}
