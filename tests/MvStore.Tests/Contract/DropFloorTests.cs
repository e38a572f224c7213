using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;
using static MvStore.Tests.Contract.DropSteps;

namespace MvStore.Tests.Contract;

/// <summary>Contract A6, B4, B10, E8: the floor that a drop gives its key, and whom it refuses.</summary>
public sealed class DropFloorTests
{
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
}
