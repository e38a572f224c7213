using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>
/// Contract A1, the other half of a drop: it allows every version but the newest to be reclaimed as soon as no pin needs it, and with that gives
/// its key a floor (A6, B10, E8). History is kept without limit here, so nothing would be reclaimed without the drop.
/// </summary>
public sealed class DropTests
{
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

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
    public async Task A1_ADroppedKeyThatWasDeletedKeepsItsTombstone(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.RemoveAsync(35, "a");
        await DropAsync(fixture, 40, "a");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 35);
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
    public async Task B10_ReadsOfADroppedKeyBelowItsFloorAreRefusedAndOthersAreNot(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();
        var store = fixture.Store;

        foreach (var at in (ulong[])[0, 10, 39])
        {
            await RequireBelowFloorAsync(at, 40, () => store.GetAsync(Bytes.Of("a"), at).AsTask());
            await RequireBelowFloorAsync(at, 40, () => store.ContainsAsync(Bytes.Of("a"), at).AsTask());
            await RequireBelowFloorAsync(at, 40, () => store.GetManyAsync([Bytes.Of("b"), Bytes.Of("a")], at).AsTask());
            foreach (var range in (KeyRange[])[KeyRange.All, KeyRange.Exactly("a"u8), KeyRange.Until("a"u8, inclusive: true)])
            {
                await RequireBelowFloorAsync(at, 40, () => Scans.ToListAsync(store.ScanAsync(range, ReadScope.AsOf(at))));
                await RequireBelowFloorAsync(at, 40, () => store.ScanPageAsync(range, ReadScope.AsOf(at), 1).AsTask());
                await RequireBelowFloorAsync(at, 40, () => Scans.ToListAsync(store.HistoryAsync(range, at)));
            }
        }

        AnswerText.Of(await store.GetPreviousAsync(Bytes.Of("a"), 41)).Should().Be("a@30=3");
        AnswerText.Of(await store.GetPreviousAsync(Bytes.Of("a"), 30)).Should().Be(AnswerText.Reclaimed);
        (await store.ReadAsync("a", 40)).Should().Be("3@30");
        (await store.ScanAllAsync(40)).Should().Equal("a=3@30", "b=3@30");

        (await store.ReadAsync("b", 10)).Should().Be("1@10");
        (await store.ReadAsync("aa", 10)).Should().BeNull();
        foreach (var range in (KeyRange[])[KeyRange.From("a"u8, inclusive: false), KeyRange.From("b"u8), KeyRange.Between("aa"u8, "c"u8)])
        {
            (await Scans.ShowAsync(store.ScanAsync(range, ReadScope.AsOf(15)))).Should().Be("[b@10=1]");
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task B10_ASnapshotBelowTheFloorOfADroppedKeyAnswersForTheOthers(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();

        using var snapshot = fixture.Store.OpenSnapshot(25);

        (await snapshot.ReadAsync("b")).Should().Be("2@20");
        (await Scans.ShowAsync(snapshot.ScanAsync(KeyRange.From("b"u8)))).Should().Be("[b@20=2]");
        await RequireBelowFloorAsync(25, 40, () => snapshot.GetAsync(Bytes.Of("a")).AsTask());
        await RequireBelowFloorAsync(25, 40, () => snapshot.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")]).AsTask());
        await RequireBelowFloorAsync(25, 40, () => Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All)));
        await RequireBelowFloorAsync(25, 40, () => snapshot.ScanPageAsync(KeyRange.All, 5).AsTask());
        await RequireBelowFloorAsync(25, 40, () => Scans.ToListAsync(snapshot.HistoryAsync(KeyRange.All)));
        AnswerText.Of(await snapshot.GetPreviousAsync(Bytes.Of("a"), CommitVersion.Latest)).Should().Be(AnswerText.Reclaimed);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A6_ALateCommitToADroppedKeyAtOrBelowItsFloorIsRefused(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await fixture.Store.SetAsync(60, "b", "6");
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();
        var published = fixture.Store.GetStatistics().PublishedSequence;

        foreach (var version in (ulong[])[40, 39, 5])
        {
            foreach (var batch in (WriteBatch[])
                [new WriteBatch().Set("a", "x"), new WriteBatch().Set("b", "x").Remove("a"), new WriteBatch().Set("b", "x").Drop(Bytes.Of("a"))])
            {
                await RequireBelowFloorAsync(version, 40, () => fixture.Store.CommitAsync(batch, version).AsTask());
            }
        }

        fixture.Store.GetStatistics().PublishedSequence.Should().Be(published);
        await fixture.Store.SetAsync(41, "a", "above");
        await fixture.Store.SetAsync(5, "b", "other key");
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=above@41", "a=3@30", "b=6@60", "b=3@30", "b=2@20", "b=1@10", "b=other key@5");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_ADropOfAnAbsentKeyGivesItAFloorToo(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "absent", string.Empty);
        await SettleAsync(fixture, residency);
        await fixture.Store.ReclaimAsync().Guarded();

        await RequireBelowFloorAsync(39, 40, () => fixture.Store.GetAsync(Bytes.Of("absent"), 39).AsTask());
        await RequireBelowFloorAsync(39, 40, () => fixture.Store.GetAsync([], 39).AsTask());
        (await fixture.Store.ReadAsync("absent", 40)).Should().BeNull();
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("1@10");
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
    public async Task E8_TheFloorOfAKeySurvivesACrash(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await fixture.Store.FlushAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        for (var i = 0; i < 2; i++)
        {
            await fixture.CrashAsync();
            await RequireBelowFloorAsync(39, 40, () => fixture.Store.GetAsync(Bytes.Of("a"), 39).AsTask());
            await RequireBelowFloorAsync(39, 40, () => Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.AsOf(39))));
            await RequireBelowFloorAsync(40, 40, () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "x"), 40).AsTask());
            (await fixture.Store.ReadAsync("b", 10)).Should().Be("1@10");
            await fixture.Store.ReclaimAsync().Guarded();
        }
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
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B10_AReadThatTheFloorOfItsKeyPassesWhileItWaitsIsRefused(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await DropAsync(fixture, 40, "a");
        await fixture.SettleAsync(Residency.Evicted);
        using var reads = fixture.Tier.HoldReads();
        var dropped = fixture.Store.GetAsync(Bytes.Of("a"), 15).AsTask();
        var other = fixture.Store.GetAsync(Bytes.Of("b"), 15).AsTask();
        await reads.Reached.Guarded();
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().Be(2);
        reads.Release();

        await RequireBelowFloorAsync(15, 40, () => dropped);
        AnswerText.Of(await other.Guarded()).Should().Be("b@10=1");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B8_B9_AScanInPagesIsCalledOffOnlyByAFloorItCrosses(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        var besides = KeyRange.From("b"u8);
        var crossing = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(25), 1).Guarded();
        var beside = await fixture.Store.ScanPageAsync(besides, ReadScope.AsOf(25), 1).Guarded();

        await DropAsync(fixture, 40, "a");
        await fixture.Store.SetAsync(22, "c", "late");
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync().Guarded();

        await RequireBelowFloorAsync(25, 40, () => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(25), 1, continuation: crossing.Next).AsTask());
        (await fixture.Store.ScanPageAsync(besides, ReadScope.AsOf(25), 1, continuation: beside.Next).Guarded())
            .Rows.Should().BeEmpty("what it began with is there, and the late version is not of its moment");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B4_B10_AnOldViewNeverTakesWhatALateVersionReleasedForTheBeginningOfHistory(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        await store.CommitAsync(new WriteBatch().Set("0", "1").Set("a", "1"), 1).Guarded();
        await store.SetAsync(5, "a", "5");
        using var snapshot = store.OpenSnapshot(5);
        var page = await store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(4), 1).Guarded();

        // Neither of them sees version 3, which lets version 1 go once the floor of a is at 4.
        await store.SetAsync(3, "a", "late");
        await DropAsync(fixture, 4, "a");
        await fixture.FlushIfPersistentAsync();
        await store.ReclaimAsync().Guarded();
        await RequireVersionsAsync(fixture, storage, "a", 5, 3);

        AnswerText.Of(await snapshot.GetPreviousAsync(Bytes.Of("a"), 5)).Should().Be(AnswerText.Reclaimed);
        AnswerText.Of(await snapshot.GetPreviousAsync(Bytes.Of("0"), 1)).Should().Be(AnswerText.Beginning, "that key's floor did not move");
        (await snapshot.HistoryAllAsync()).Should().Equal("0=1@1", "a=5@5");
        await RequireBelowFloorAsync(4, 4, () => store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(4), 1, continuation: page.Next).AsTask());
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A1_RetentionThatPassesTheDropMakesItsFloorSuperfluous(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 10);
        await SetAllAsync(fixture);
        await DropAsync(fixture, 40, "a");
        await fixture.FlushIfPersistentAsync();
        (await fixture.Store.ReclaimAsync().Guarded()).Floor.Should().Be((CommitVersion)30);
        await RequireBelowFloorAsync(35, 40, () => fixture.Store.GetAsync(Bytes.Of("a"), 35).AsTask());
        (await fixture.Store.ReadAsync("b", 35)).Should().Be("3@30");

        await fixture.Store.SetAsync(100, "b", "100");
        await fixture.FlushIfPersistentAsync();
        (await fixture.Store.ReclaimAsync().Guarded()).Floor.Should().Be((CommitVersion)90);
        await RequireBelowFloorAsync(89, 90, () => fixture.Store.GetAsync(Bytes.Of("a"), 89).AsTask());
        (await fixture.Store.ReadAsync("a", 90)).Should().Be("3@30");
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

    /// <summary>Two keys with three versions each, and all history is kept.</summary>
    private static async Task<StoreFixture> OpenAsync(StoreStorage storage)
    {
        var fixture = await StoreFixture.OpenAsync(storage);
        await SetAllAsync(fixture);
        return fixture;
    }

    private static async Task SetAllAsync(StoreFixture fixture)
    {
        for (var i = 1UL; i <= 3; i++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{i}").Set("b", $"{i}"), i * 10).Guarded();
        }
    }

    private static async Task DropAsync(StoreFixture fixture, ulong version, params string[] keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            batch.Drop(Bytes.Of(key));
        }

        await fixture.Store.CommitAsync(batch, version).Guarded();
    }

    /// <summary>A drop waits for the disk, so data is always flushed; then it lies where the residency says.</summary>
    private static async Task SettleAsync(StoreFixture fixture, Residency residency)
        => await fixture.SettleAsync(residency == Residency.Buffered ? Residency.Flushed : residency);

    private static async Task RequireBelowFloorAsync(ulong requested, ulong floor, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<BelowFloorException>(() => call().Guarded());
        error.Requested.Should().Be((CommitVersion)requested);
        error.Floor.Should().Be((CommitVersion)floor);
    }

    /// <summary>Demands which versions of a key are still there: on disk, or in memory as far as a history tells.</summary>
    private static async Task RequireVersionsAsync(StoreFixture fixture, StoreStorage storage, string key, params ulong[] newestFirst)
    {
        if (storage == StoreStorage.None)
        {
            var others = (await fixture.Store.HistoryAllAsync()).Count(row => !row.StartsWith($"{key}=", StringComparison.Ordinal));
            fixture.Store.GetStatistics().BufferedVersions.Should().Be(others + newestFirst.Length);
            return;
        }

        var scan = new TierScan(KeyRange.Exactly(Bytes.Of(key)), Everything, TierScanMode.History, ScanDirection.Forward, 1_000);
        (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.Select(r => r.Version.Value).Should().Equal(newestFirst);
    }
}
