using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Keys that live for a time from their creation or last update (contract E5): what expires when, how it goes, and what stays of it.</summary>
public sealed class TimeToLiveTests
{
    private static readonly TimeToLive TenMinutes = new(TimeSpan.FromMinutes(10));
    private static readonly TimeToLive TenMinutesFromCreation = new(TimeSpan.FromMinutes(10), TimeToLiveStart.Creation);

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task E5_AKeyWhoseTimeIsOverIsRemovedByACommit(StoreStorage storage)
    {
        await using var expiring = await ExpiringStore.OpenAsync(storage, TenMinutes);
        await expiring.SetAsync("a", "stays");
        await expiring.SetAsync("o1", "goes");
        await expiring.SetAsync("s1", "goes");
        expiring.Pass(minutes: 5);
        await expiring.SetAsync("o2", "lives on");
        expiring.Pass(minutes: 5 - 1e-6);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(0, "it is a moment too early");

        using var snapshot = expiring.Store.OpenSnapshot(CommitVersion.Latest);
        var before = expiring.Store.VisibleVersion;
        expiring.Pass(minutes: 2e-6);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(2);

        (await expiring.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("a=stays@1", "o2=lives on@4");
        (await expiring.Store.ScanAllAsync(before)).Should().Equal("a=stays@1", "o1=goes@2", "o2=lives on@4", "s1=goes@3");
        (await snapshot.ScanAllAsync()).Should().Equal("a=stays@1", "o1=goes@2", "o2=lives on@4", "s1=goes@3");
        (await expiring.Store.HistoryAsync("o1")).Should().Equal("-@5", "goes@2");
        expiring.Store.VisibleVersion.Should().Be((CommitVersion)5, "one commit removed both");
        (await expiring.ExpireAsForeseenAsync()).Should().Be(0, "it is gone already");
    }

    [Theory]
    [InlineData(Residency.Buffered)]
    [InlineData(Residency.Flushed)]
    [InlineData(Residency.Evicted)]
    [InlineData(Residency.Reopened)]
    public async Task E5_WhicheverTierAKeyIsInItExpiresWhenItWasUpdatedLongEnoughAgo(Residency residency)
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.Sqlite, TenMinutes);
        await expiring.SetAsync("o1", "old");
        await expiring.SetAsync("o2", "old");
        expiring.Pass(minutes: 9);
        await expiring.SetAsync("o2", "new");
        await expiring.Fixture.SettleAsync(residency);
        expiring.Pass(minutes: 1);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        (await expiring.ValueAsync("o1")).Should().BeNull();
        (await expiring.ValueAsync("o2")).Should().Be("new");
        expiring.Pass(minutes: 9);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        (await expiring.ValueAsync("o2")).Should().BeNull();
    }

    [Theory]
    [InlineData(Residency.Buffered, null)]
    [InlineData(Residency.Buffered, 0UL)]
    [InlineData(Residency.Evicted, null)]
    [InlineData(Residency.Evicted, 0UL)]
    [InlineData(Residency.Reopened, 0UL)]
    public async Task E5_FromCreationOnUpdatesLetNothingLiveLonger(Residency residency, ulong? versions)
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.Sqlite, null, options =>
            options.GarbageCollection.RetainByKind[EntryKind.Operator(1)] = new Retention(versions) { TimeToLive = TenMinutesFromCreation });
        await expiring.SetAsync("o1", "0");
        await expiring.SetAsync("o2", "gone");
        for (var minute = 1; minute <= 9; minute++)
        {
            expiring.Pass(minutes: 1);
            await expiring.SetAsync("o1", $"{minute}");
            if (minute == 4)
            {
                await expiring.RemoveAsync("o2");
                await expiring.SetAsync("o2", "created anew");
            }

            await expiring.Fixture.SettleAsync(residency);
            (await expiring.ExpireAsForeseenAsync()).Should().Be(0);
        }

        expiring.Pass(minutes: 1);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        (await expiring.ValueAsync("o1")).Should().BeNull();
        (await expiring.ValueAsync("o2")).Should().Be("created anew");
        expiring.Pass(minutes: 4);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        (await expiring.ValueAsync("o2")).Should().BeNull();
    }

    [Fact]
    public async Task E5_OperatorsDifferAndMayChangeWhileTheStoreRuns()
    {
        var operators = new OperatorRetentions { Current = new Dictionary<ulong, Retention> { [1] = new() { TimeToLive = TenMinutes } } };
        await using var expiring = await ExpiringStore.OpenAsync(
            StoreStorage.InMemory,
            null,
            build: builder => builder.AddGarbageCollectionStrategy(new OperatorStrategy(operators)));
        foreach (var key in (string[])["o1", "p1", "s1", "a"])
        {
            await expiring.SetAsync(key);
        }

        expiring.Pass(minutes: 30);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        await expiring.SetAsync("o2");
        expiring.Pass(minutes: 10);

        // Both change: the one lives on, the other does not.
        operators.Current = new Dictionary<ulong, Retention>
        {
            [1] = new() { TimeToLive = new TimeToLive(TimeSpan.FromHours(1)) },
            [2] = new() { TimeToLive = new TimeToLive(TimeSpan.FromMinutes(40)) },
        };
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        (await expiring.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("a=x@4", "o2=x@6", "s1=x@3");

        operators.Current = new Dictionary<ulong, Retention>();
        expiring.Pass(minutes: 1_000);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(0);
        operators.Current = new Dictionary<ulong, Retention> { [1] = new() { TimeToLive = TenMinutes } };
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
    }

    [Fact]
    public async Task E5_ListenersAreToldWhatAKeyHad()
    {
        var listener = new CommitRecorder();
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes, build: builder => builder.AddCommitListener(listener));
        await expiring.SetAsync("o1", "first");
        await expiring.SetAsync("o2", string.Empty);
        expiring.Pass(minutes: 10);
        await expiring.ExpireAsForeseenAsync();

        var commit = (await listener.TakeAsync(3).Guarded())[2];
        commit.Version.Should().Be((CommitVersion)3);
        commit.Deltas.Select(delta => (delta.Kind, Bytes.Text(delta.Key), Bytes.Text(delta.Value)))
            .Should().Equal((DeltaKind.Unset, "o1", "first"), (DeltaKind.Unset, "o2", string.Empty));
    }

    [Fact]
    public async Task E5_KeysExpireAlsoWhereNoVersionIsTimed()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes, options => options.GarbageCollection.TimeResolution = Timeout.InfiniteTimeSpan);
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 9);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(0);
        expiring.Pass(minutes: 1);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
    }

    [Fact]
    public async Task E5_ALateVersionLivesFromItsPublicationOn()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        var late = expiring.Versions.Next();
        await expiring.SetAsync("a");
        expiring.Pass(minutes: 60);
        await expiring.Store.SetAsync(late.Value, "o1", "late");
        expiring.Pass(minutes: 9);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(0, "a higher version was visible long ago, and this one was not");
        expiring.Pass(minutes: 1);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task E5_TimesCountAcrossReopening(StoreStorage storage)
    {
        await using var expiring = await ExpiringStore.OpenAsync(storage, TenMinutes);
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 4);
        await expiring.SetAsync("o2");
        await expiring.Store.DisposeAsync().Guarded();
        expiring.Pass(minutes: 6);
        await expiring.Fixture.ReopenAsync();
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1, "time passes while the store is closed");
        expiring.Pass(minutes: 4);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task E5_AfterACrashNothingExpiresTooEarlyAndEverythingInTheEnd(StoreStorage storage)
    {
        await using var expiring = await ExpiringStore.OpenAsync(storage, TenMinutes);
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 2);
        await expiring.ExpireAsForeseenAsync();
        await expiring.SetAsync("o2");
        await expiring.Store.FlushAsync().Guarded();
        expiring.Pass(minutes: 8);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        await expiring.Fixture.CrashAsync();

        // The removal was not on disk, or it was: either way the key is gone after the next run.
        await expiring.ExpireAsForeseenAsync();
        (await expiring.ValueAsync("o1")).Should().BeNull();
        (await expiring.ValueAsync("o2")).Should().Be("x");
        expiring.Pass(minutes: 10);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
        (await expiring.ValueAsync("o2")).Should().BeNull();
    }

    [Fact]
    public async Task E5_TheTimesOfPublicationsThatACrashLostAreNotThoseOfTheNext()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        await expiring.SetAsync("a");
        await expiring.Store.FlushAsync().Guarded();
        await expiring.SetAsync("b", "lost, and its time was stored");
        expiring.Pass(minutes: 2);
        await expiring.ExpireAsForeseenAsync();
        await expiring.Fixture.CrashAsync();
        expiring.Pass(minutes: 60);
        await expiring.SetAsync("o1", "in its place");
        await expiring.Store.FlushAsync().Guarded();
        await expiring.Fixture.CrashAsync();

        expiring.Pass(minutes: 9);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(0);
        expiring.Pass(minutes: 1);
        (await expiring.ExpireAsForeseenAsync()).Should().Be(1);
    }

    [Fact]
    public async Task E5_AStoreInWhichNothingExpiresForgetsTheTimesOfPublicationsThatACrashLostAllTheSame()
    {
        var withLife = true;
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.InMemory,
            options =>
            {
                if (withLife)
                {
                    options.GarbageCollection.RetainByKind[EntryKind.Multi] = new Retention { TimeToLive = TenMinutes };
                }
            },
            builder =>
            {
                if (withLife)
                {
                    builder.UseVersionProvider(store => new VersionSource(store));
                }
            });
        await fixture.Store.CommitAsync(new WriteBatch(), 1).Guarded();
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.SetAsync(2, "b", "lost, and its time is stored");
        fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await fixture.Store.ReclaimAsync().Guarded();

        withLife = false;
        await fixture.CrashAsync();
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        await fixture.Store.SetAsync(3, "a", "in its place");
        await fixture.Store.FlushAsync().Guarded();

        withLife = true;
        await fixture.CrashAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(9));
        (await fixture.Store.ReclaimAsync().Guarded()).ExpiredKeys.Should().Be(0, "it is nine minutes old");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        (await fixture.Store.ReclaimAsync().Guarded()).ExpiredKeys.Should().Be(1);
    }

    [Fact]
    public async Task E5_WhatWasThereBeforeTheStoreHadAProviderLivesFromTheOpeningOn()
    {
        var withLife = false;
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.InMemory,
            options =>
            {
                if (withLife)
                {
                    options.GarbageCollection.RetainByKind[EntryKind.Multi] = new Retention { TimeToLive = TenMinutes };
                }
            },
            builder =>
            {
                if (withLife)
                {
                    builder.UseVersionProvider(store => new VersionSource(store));
                }
            });
        await fixture.Store.SetAsync(1, "a", "x");
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        withLife = true;
        await fixture.ReopenAsync();
        (await fixture.Store.ReclaimAsync().Guarded()).ExpiredKeys.Should().Be(0);
        fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        (await fixture.Store.ReclaimAsync().Guarded()).ExpiredKeys.Should().Be(1);
    }

    [Fact]
    public async Task E5_WhatExpiredGoesForGoodAsAnyDeletion()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.Sqlite, null, options =>
            options.GarbageCollection.RetainByKind[EntryKind.Operator(1)] = new Retention(versions: 0) { TimeToLive = TenMinutes });
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 10);
        await expiring.ExpireAsForeseenAsync();
        await expiring.Store.FlushAsync().Guarded();
        await expiring.Store.ReclaimAsync().Guarded();
        expiring.Store.Evict(0);
        (await expiring.Store.HistoryAsync("o1")).Should().BeEmpty();
    }

    [Fact]
    public async Task E6_ARunLooksOnlyWhereSomethingCanBeOver()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        await expiring.SetAsync("o1500");
        expiring.Pass(minutes: 5);
        await expiring.Store.CommitAsync(Many("a", 3_000, except: null), expiring.Versions.Next());
        await expiring.Store.CommitAsync(Many("o", 3_000, except: "o1500"), expiring.Versions.Next());
        await expiring.Store.FlushAsync().Guarded();
        expiring.Store.Evict(0);
        (await expiring.ExpireAsync()).Should().Be(0);
        var first = expiring.Fixture.Tier.Examined;
        first.Should().BeGreaterThanOrEqualTo(6_000, "nothing is known of any key");

        expiring.Pass(minutes: 4);
        (await expiring.ExpireAsync()).Should().Be(0);
        expiring.Fixture.Tier.Examined.Should().Be(first, "nothing can be over");

        expiring.Pass(minutes: 1);
        (await expiring.ExpireAsync()).Should().Be(1);
        (expiring.Fixture.Tier.Examined - first).Should().BeInRange(1, 1_500, "one zone is due");

        expiring.Pass(minutes: 5);
        (await expiring.ExpireAsync()).Should().Be(2_999);
        (await expiring.Store.ScanAllAsync(CommitVersion.Latest)).Should().HaveCount(3_000);
    }

    [Fact]
    public async Task E6_ARunIsBoundedAndTheNextOneGoesOn()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.None, TenMinutes, options => options.GarbageCollection.ExpiryKeysPerRun = 1);
        await expiring.Store.CommitAsync(Many("o", 5_000, except: null), expiring.Versions.Next());
        expiring.Pass(minutes: 10);
        var expired = await expiring.ExpireAsForeseenAsync();
        expired.Should().BeInRange(1, 2_000);
        for (var run = 0; run < 10; run++)
        {
            expired += await expiring.ExpireAsForeseenAsync();
        }

        expired.Should().Be(5_000);
    }

    private static WriteBatch Many(string prefix, int count, string? except)
    {
        var batch = new WriteBatch();
        foreach (var key in Enumerable.Range(0, count).Select(i => $"{prefix}{i:D4}").Where(key => key != except))
        {
            batch.Set(key, "x");
        }

        return batch;
    }
}
