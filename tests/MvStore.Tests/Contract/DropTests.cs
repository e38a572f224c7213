using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;
using static MvStore.Tests.Contract.DropSteps;

namespace MvStore.Tests.Contract;

/// <summary>
/// Contract A1, the other half of a drop: it allows every version but the newest to be reclaimed as soon as no pin needs it, and with that gives
/// its key a floor (A6, B10, E8). History is kept without limit here, so nothing would be reclaimed without the drop.
/// </summary>
public sealed class DropTests
{
    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_OfADroppedKeyOnlyTheNewestVersionStaysAndOfOthersAll(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await SettleAsync(fixture, residency);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=3@30", "a=2@20", "a=1@10", "b=3@30", "b=2@20", "b=1@10");

        var report = await fixture.Store.ReclaimAsync().Guarded();

        report.Floor.Should().Be(CommitVersion.Zero, "no kind has a floor");
        report.ReclaimedVersions.Should().Be(residency is Residency.Buffered or Residency.Flushed ? 4 : 2, "in each tier that has them");
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=3@30", "b=3@30", "b=2@20", "b=1@10");
        await RequireVersionsAsync(fixture, storage, "a", 30);
        await RequireVersionsAsync(fixture, storage, "b", 30, 20, 10);
        fixture.Store.GetFloor().Should().Be(CommitVersion.Zero);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_AVersionAboveTheDropStaysWithTheNewestBelowIt(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 25, "a");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 30, 20);
        (await fixture.Store.ReadAsync("a", 25)).Should().Be("2@20");

        await DropAsync(fixture, 50, "a");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 30);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_E4_ADroppedKeyThatWasDeletedGoes(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.RemoveAsync(35, "a");
        await DropAsync(fixture, 40, "a");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a");
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        fixture.Store.Evict(0);
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(SnapshotTests.Open), MemberType = typeof(SnapshotTests))]
    public async Task A1_C1_WhatAPinNeedsStaysAndGoesWhenItIsClosed(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        using var at15 = fixture.Store.OpenSnapshot(15, "15");
        var at25 = fixture.Store.OpenSnapshot(25, "25");
        await DropAsync(fixture, 40, "a");
        await SettleAsync(fixture, residency);

        for (var run = 0; run < 2; run++)
        {
            await fixture.Store.ReclaimAsync().Guarded();
            await RequireVersionsAsync(fixture, storage, "a", 30, 20, 10);
            (await at15.ReadAsync("a")).Should().Be("1@10");
            (await at25.ReadAsync("a")).Should().Be("2@20");
            (await at25.ScanAllAsync()).Should().Equal("a=2@20", "b=2@20");
        }

        // A snapshot sees no further down than its own version once the floor has passed it.
        AnswerText.Of(await at25.GetPreviousAsync(Bytes.Of("a"), 20)).Should().Be(AnswerText.Reclaimed);
        AnswerText.Of(await at25.GetPreviousAsync(Bytes.Of("b"), 20)).Should().Be("b@10=1");
        (await at25.HistoryAllAsync()).Should().Equal("a=2@20", "b=2@20", "b=1@10");

        at25.Dispose();
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 30, 10);
        at15.Dispose();
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 30);
        await RequireVersionsAsync(fixture, storage, "b", 30, 20, 10);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A4_OfASetAndADropOfOneKeyInABatchTheLastCounts(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.CommitAsync(
            new WriteBatch().Set("a", "lost").Drop(Bytes.Of("a")).Drop(Bytes.Of("b")).Set("b", "4"), 40).Guarded();
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();

        (await fixture.Store.HistoryAllAsync()).Should().Equal(["a=3@30", "b=4@40", "b=3@30", "b=2@20", "b=1@10"], "nothing was set, and b was not dropped");
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A1_ADropIsNotInForceBeforeItIsDurable(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.FlushAsync();
        await DropAsync(fixture, 40, "a");
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().Be(0);
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("1@10");

        await fixture.CrashAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("1@10", "the drop was lost with its publication");
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D3_ADropThatIsPendingSurvivesACrashWithItsPublication(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await fixture.Store.FlushAsync();
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("1@10", "only reclamation raises floors");

        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 30);
        await RequireBelowFloorAsync(39, 40, () => fixture.Store.GetAsync(Bytes.Of("a"), 39).AsTask());
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task E8_WhatACrashLeftBehindBelowTheFloorOfAKeyIsReclaimedAfterReopening(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        fixture.LosesCommits = true;
        await DropAsync(fixture, 40, "a");
        await fixture.Store.FlushAsync();
        fixture.Tier.FailReclaims(new PersistentTierException(TierFailure.Fatal, "Broken."));
        await Assert.ThrowsAsync<PersistentTierException>(() => fixture.Store.ReclaimAsync().Guarded());
        await RequireVersionsAsync(fixture, storage, "a", 30, 20, 10);

        await fixture.CrashAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 30);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A5_ADropAboveALateVersionInFlightWaitsForIt(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await fixture.Store.FlushAsync();
        fixture.Store.Evict(0);
        using var hold = fixture.Tier.HoldReads();
        var late = fixture.Store.CommitAsync(new WriteBatch().Set("a", "late"), 35).AsTask();
        await hold.Reached.Guarded();

        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().Be(0, "35 is announced");
        hold.Release();
        await late.Guarded();
        (await fixture.Store.ReadAsync("a", 20)).Should().Be("2@20");

        await fixture.Store.FlushAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 35);
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task E6_ReclamationLooksAtNothingUnlessAFloorRoseOrAPinClosed(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.FlushIfPersistentAsync();
        (await fixture.Store.ReclaimAsync().Guarded()).ScannedVersions.Should().Be(0, "nothing was ever dropped");

        var pin = fixture.Store.OpenSnapshot(15);
        await DropAsync(fixture, 40, "a");
        await fixture.FlushIfPersistentAsync();
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().BePositive();
        (await fixture.Store.ReclaimAsync().Guarded()).ScannedVersions.Should().Be(0);

        pin.Dispose();
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().BePositive();
        (await fixture.Store.ReclaimAsync().Guarded()).ScannedVersions.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task E6_OnDiskOnlyTheDroppedKeyIsLookedAt(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await fixture.SettleAsync(Residency.Evicted);
        (await fixture.Store.ReclaimAsync().Guarded()).ScannedVersions.Should().Be(3, "b is not touched");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A1_DropsComeIntoForceByThemselvesWhenHistoryIsUnlimited(StoreStorage storage)
    {
        var interval = TimeSpan.FromSeconds(7);
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.Interval = interval);
        await SetAllAsync(fixture);
        await DropAsync(fixture, 40, "a");
        await fixture.FlushIfPersistentAsync();
        await fixture.Clock.TimerStartedAsync(due => due == interval).Guarded();
        var inForce = Task.Run(async () =>
        {
            while (await AnswerText.OfAsync(async () => AnswerText.Of(await fixture.Store.GetAsync(Bytes.Of("a"), 39))) == "a@30=3")
            {
                await Task.Yield();
            }
        });
        fixture.Clock.Advance(interval);
        await inForce.Guarded();
        await RequireBelowFloorAsync(39, 40, () => fixture.Store.GetAsync(Bytes.Of("a"), 39).AsTask());
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A1_ManyDropsComeIntoForceInOneRun(StoreStorage storage)
    {
        const int Keys = 2_500;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReclaimStepVersions = 700);
        foreach (var version in (ulong[])[1, 2])
        {
            var batch = new WriteBatch();
            for (var i = 0; i < Keys; i++)
            {
                batch.Set($"k{i:D5}", $"{version}");
            }

            await fixture.Store.CommitAsync(batch, version).Guarded();
        }

        var drops = new WriteBatch();
        for (var i = 0; i < Keys; i++)
        {
            drops.Drop(Bytes.Of($"k{i:D5}"));
        }

        await fixture.Store.CommitAsync(drops, 3).Guarded();
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        var history = await fixture.Store.HistoryAllAsync();
        history.Should().HaveCount(Keys).And.OnlyContain(row => row.EndsWith("=2@2", StringComparison.Ordinal));
        await RequireBelowFloorAsync(2, 3, () => fixture.Store.GetAsync(Bytes.Of("k00000"), 2).AsTask());
        await RequireBelowFloorAsync(2, 3, () => fixture.Store.GetAsync(Bytes.Of($"k{Keys - 1:D5}"), 2).AsTask());
    }
}
