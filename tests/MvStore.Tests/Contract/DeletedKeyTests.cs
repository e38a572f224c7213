using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>Contract E4: a deleted key goes from both tiers, and nothing older of it ever comes back.</summary>
public sealed class DeletedKeyTests
{
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task E4_ADeletedKeyGoesFromBothTiersWithEverythingOlder(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.Store.RemoveAsync(30, "a");
        await fixture.Store.RemoveAsync(30 + 1, "never");
        await fixture.SettleAsync(residency);
        await fixture.FlushIfPersistentAsync();

        (await fixture.Store.ReclaimAsync().Guarded()).Floor.Should().Be((CommitVersion)31);

        await RequireGoneAsync(fixture, storage, "a", "never");
        fixture.Store.GetStatistics().BufferedVersions.Should().Be(0);
        fixture.Store.GetStatistics().BufferedKeys.Should().Be(0);
        (await fixture.Store.GetPreviousAsync(Bytes.Of("a"), CommitVersion.Latest)).Kind.Should().Be(PreviousVersionKind.Reclaimed);

        // It can come back, and then begins anew.
        await fixture.Store.SetAsync(40, "a", "3");
        (await fixture.Store.HistoryAsync("a")).Should().Equal("3@40");
        (await fixture.Store.GetPreviousAsync(Bytes.Of("a"), 40)).Kind.Should().Be(PreviousVersionKind.Reclaimed, "there were older versions");
        if (storage != StoreStorage.None)
        {
            await fixture.ReopenAsync();
            (await fixture.Store.HistoryAsync("a")).Should().Equal("3@40");
            (await fixture.Store.GetPreviousAsync(Bytes.Of("a"), 40)).Kind.Should().Be(PreviousVersionKind.Reclaimed);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task E4_APinThatSeesTheDeletionOrWhatWasBeforeItKeepsBoth(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.RemoveAsync(20, "a");
        var before = fixture.Store.OpenSnapshot(15, "before");
        var after = fixture.Store.OpenSnapshot(25, "after");
        await fixture.Store.SetAsync(30, "b", "1");
        await ReclaimAsync(fixture);
        await RequireKeptAsync(fixture, storage, "a", 20, 10);
        (await before.ReadAsync("a")).Should().Be("1@10");
        (await after.HistoryAllAsync()).Should().Contain("a=-@20");

        before.Dispose();
        await ReclaimAsync(fixture);
        (await VersionsAsync(fixture, storage, "a")).Should().Equal(20);
        AnswerText.Of(await after.GetPreviousAsync(Bytes.Of("a"), CommitVersion.Latest)).Should().Be("a@20 tombstone");

        after.Dispose();
        await ReclaimAsync(fixture);
        await RequireGoneAsync(fixture, storage, "a");
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task E4_WhatMemoryHasOfAKeyWhoseDeletionOnlyTheTierHasDoesNotComeBack(StoreStorage storage)
    {
        await using var fixture = await WithLateVersionBelowAnEvictedDeletionAsync(storage);
        (await fixture.Store.ReadAsync("a")).Should().BeNull("the deletion is on disk");

        await ReclaimAsync(fixture);

        fixture.Store.GetStatistics().BufferedVersions.Should().Be(1, "the late version, which is not final, was evicted; another key is left");
        await RequireGoneAsync(fixture, storage, "a");
        await fixture.ReopenAsync();
        await RequireGoneAsync(fixture, storage, "a");
    }

    [Theory]
    [InlineData("get")]
    [InlineData("get many")]
    [InlineData("previous")]
    [InlineData("scan")]
    [InlineData("portions")]
    [InlineData("history")]
    [InlineData("snapshot")]
    [InlineData("snapshot previous")]
    [InlineData("snapshot history")]
    public async Task E4_AReadThatFoundMemoryAsItWasBeforeAndTheTierAsItIsAfterwardsBringsNothingBack(string read)
    {
        // The floor rises to 25: the deletion at 20 goes. A snapshot at 35 sees 35, and does not protect it.
        await using var fixture = await WithLateVersionBelowAnEvictedDeletionAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 10);
        var store = fixture.Store;
        await store.CommitAsync(new WriteBatch().Set("a", "new").Set("b", "new"), 35).Guarded();
        await store.FlushAsync().Guarded();
        var at27 = read == "snapshot" ? store.OpenSnapshot(27, "at 27") : null;
        using var latest = store.OpenSnapshot(CommitVersion.Latest, "latest");
        var hold = fixture.Tier.HoldReads();
        var reading = ReadAsync();
        await hold.Reached.Guarded();

        (await store.ReclaimAsync().Guarded()).Floor.Should().Be((CommitVersion)25);
        hold.Dispose();

        (await reading.Guarded()).Should().NotContain("late");
        at27?.Dispose();

        async Task<string> ReadAsync() => read switch
        {
            "get" => AnswerText.Of(await store.GetAsync(Bytes.Of("a"), 27)),
            "get many" => AnswerText.Of(await store.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")], 27)),
            "previous" => AnswerText.Of(await store.GetPreviousAsync(Bytes.Of("a"), 35)),
            "scan" => await Scans.ShowAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(27))),
            "portions" => await Portions.ShowAsync(store.OpenScan(KeyRange.All, ReadScope.AsOf(27))),
            "history" => await Scans.ShowAsync(store.HistoryAsync(KeyRange.All, CommitVersion.Latest)),
            "snapshot" => AnswerText.Of(await at27!.GetAsync(Bytes.Of("a"))),
            "snapshot previous" => AnswerText.Of(await latest.GetPreviousAsync(Bytes.Of("a"), 35)),
            "snapshot history" => await Scans.ShowAsync(latest.HistoryAsync(KeyRange.All)),
            _ => throw new ArgumentOutOfRangeException(nameof(read)),
        };
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task E8_NothingComesBackWhenTheTierFailsOrTheProcessDiesBetweenTheTiers(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage, o => o.Persistence.MaxAttempts = 1);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.RemoveAsync(20, "a");
        await fixture.Store.FlushAsync().Guarded();
        fixture.Tier.FailReclaims(new PersistentTierException(TierFailure.Transient, "A failure planned by the test."));
        await Assert.ThrowsAsync<PersistentTierException>(() => fixture.Store.ReclaimAsync().Guarded());

        fixture.Store.GetStatistics().BufferedVersions.Should().Be(0, "memory is through");
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        fixture.Store.Evict(0);
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        fixture.LosesCommits = true;
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        await ReclaimAsync(fixture);
        await RequireGoneAsync(fixture, storage, "a");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task E1_WhatRetentionByCountKeepsOfADeletedKeyStaysAndItsDeletionWithIt(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage, o => o.GarbageCollection.RetainPerKey = 2);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.RemoveAsync(20, "a");
        await fixture.Store.RemoveAsync(21, "never");
        await ReclaimAsync(fixture);
        await RequireKeptAsync(fixture, storage, "a", 20, 10);
        (await VersionsAsync(fixture, storage, "never")).Should().BeEmpty("nothing older of it stays");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task E4_DeletionsStayWhereTheHostWantsIt(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.GarbageCollection.RetainVersions = 0;
                o.GarbageCollection.RetainByKind[EntryKind.Operator(1)] = new Retention(versions: 0) { KeepsDeletedKeys = true };
            },
            b => b.UseKeyClassifier(new KindByFirstByte()));
        await fixture.Store.CommitAsync(new WriteBatch().Remove("a").Remove("o"), 10).Guarded();
        await ReclaimAsync(fixture);
        (await VersionsAsync(fixture, storage, "a")).Should().BeEmpty();
        (await VersionsAsync(fixture, storage, "o")).Should().Equal(10);

        await using var without = await OpenAsync(storage, o => o.GarbageCollection.ReclaimDeletedKeys = false);
        await without.Store.RemoveAsync(10, "a");
        await ReclaimAsync(without);
        (await VersionsAsync(without, storage, "a")).Should().Equal(10);
    }

    [Fact]
    public async Task E5_DeletedKeysOfAnOperatorGoOnceItsProviderSaysSo()
    {
        var provider = new OperatorRetentions { Current = new Dictionary<ulong, Retention> { [1] = new(versions: 0) { KeepsDeletedKeys = true } } };
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.Sqlite,
            o => o.GarbageCollection.RetainVersions = 0,
            b => b.UseKeyClassifier(new KindByFirstByte()).AddGarbageCollectionStrategy(new OperatorStrategy(provider)));
        await fixture.Store.RemoveAsync(10, "o");
        await ReclaimAsync(fixture);
        (await VersionsAsync(fixture, StoreStorage.Sqlite, "o")).Should().Equal(10);

        provider.Current = new Dictionary<ulong, Retention> { [1] = new(versions: 0) };
        await ReclaimAsync(fixture);
        (await VersionsAsync(fixture, StoreStorage.Sqlite, "o")).Should().BeEmpty("though no floor has risen");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task E4_WhenEverythingIsDeletedAndCollectedBothTiersAreEmpty(StoreStorage storage)
    {
        const int Keys = 2_000;
        await using var fixture = await OpenAsync(storage, o => o.Persistence.ReclaimStepVersions = 700);
        ulong version = 0;
        for (var round = 0; round < 3; round++)
        {
            await CommitEachAsync((batch, key) => batch.Set(key, new byte[100]));
            await fixture.FlushIfPersistentAsync();
            fixture.Store.Evict(0);
        }

        var pin = fixture.Store.OpenSnapshot(version, "all");
        await CommitEachAsync((batch, key) => batch.Remove(key));
        await ReclaimAsync(fixture);
        (await pin.ScanAllAsync()).Should().HaveCount(Keys);
        pin.Dispose();
        await ReclaimAsync(fixture);

        fixture.Store.GetStatistics().BufferedVersions.Should().Be(0);
        fixture.Store.GetStatistics().BufferedBytes.Should().Be(0);
        (await fixture.Store.HistoryAllAsync()).Should().BeEmpty();
        if (storage != StoreStorage.None)
        {
            (await fixture.Tier.ScanAsync(Scan(KeyRange.All), CancellationToken.None)).Rows.Should().BeEmpty();
        }

        async Task CommitEachAsync(Action<WriteBatch, byte[]> write)
        {
            var batch = new WriteBatch();
            for (ulong key = 0; key < Keys; key++)
            {
                write(batch, Bytes.Of(key));
            }

            await fixture.Store.CommitAsync(batch, ++version).Guarded();
        }
    }

    private static Task<StoreFixture> OpenAsync(StoreStorage storage, Action<MvStoreOptions>? configure = null)
        => StoreFixture.OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            configure?.Invoke(o);
        });

    // The deletion at 20 has left memory; the late 15 below it came afterwards and is in memory, not final, and on disk.
    private static async Task<StoreFixture> WithLateVersionBelowAnEvictedDeletionAsync(StoreStorage storage, Action<MvStoreOptions>? configure = null)
    {
        var fixture = await OpenAsync(storage, configure);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.RemoveAsync(20, "a");
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        await fixture.Store.SetAsync(15, "a", "late");
        await fixture.Store.SetAsync(30, "b", "1");
        await fixture.Store.FlushAsync().Guarded();
        return fixture;
    }

    private static async Task ReclaimAsync(StoreFixture fixture)
    {
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync().Guarded();
    }

    private static async Task RequireGoneAsync(StoreFixture fixture, StoreStorage storage, params string[] keys)
    {
        foreach (var key in keys)
        {
            (await fixture.Store.ReadAsync(key)).Should().BeNull();
            (await fixture.Store.HistoryAsync(key)).Should().BeEmpty();
            (await VersionsAsync(fixture, storage, key)).Should().BeEmpty();
        }

        fixture.Store.Evict(0);
        foreach (var key in keys)
        {
            (await fixture.Store.ReadAsync(key)).Should().BeNull();
            (await fixture.Store.HistoryAsync(key)).Should().BeEmpty();
        }
    }

    // Without a tier the history shows what a reader may see: the deletion.
    private static async Task RequireKeptAsync(StoreFixture fixture, StoreStorage storage, string key, params ulong[] versions)
        => (await VersionsAsync(fixture, storage, key)).Should().Equal(storage == StoreStorage.None ? versions[..1] : versions);

    // Behind the store's back, where there is a tier.
    private static async Task<IEnumerable<ulong>> VersionsAsync(StoreFixture fixture, StoreStorage storage, string key)
    {
        var range = KeyRange.Exactly(Bytes.Of(key));
        return storage == StoreStorage.None
            ? (await Scans.ToListAsync(fixture.Store.HistoryAsync(range, CommitVersion.Latest))).Select(r => r.Version.Value)
            : (await fixture.Tier.ScanAsync(Scan(range), CancellationToken.None)).Rows.Select(r => r.Version.Value);
    }

    private static TierScan Scan(KeyRange range) => new(range, Everything, TierScanMode.History, ScanDirection.Forward, 100_000);
}
