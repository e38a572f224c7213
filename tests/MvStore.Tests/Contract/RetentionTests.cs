using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>How much history is kept: by distance, age and count, and by strategies that a host supplies.</summary>
public sealed class RetentionTests
{
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E3_TheStateOfAMomentCanBeReadForAsLongAsItsAgeSays(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainAge = TimeSpan.FromMinutes(10));
        await SetEachMinuteAsync(fixture, minutes: 30);

        // Version v was committed at minute v; it is minute 30. The state of minute 20 is version 20.
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)20);
        (await fixture.Store.ReadAsync("a", 20)).Should().Be("20@20");
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("a", 19));

        // Nothing is committed for an hour: all but the newest is older.
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)30);
        (await fixture.Store.ReadAsync("a")).Should().Be("30@30");
    }

    [Theory]
    [InlineData(5UL, 20UL)]
    [InlineData(15UL, 15UL)]
    public async Task E3_OfADistanceAndAnAgeTheLargerWins(ulong versions, ulong floor)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o =>
        {
            o.GarbageCollection.RetainAge = TimeSpan.FromMinutes(10);
            o.GarbageCollection.RetainVersions = versions;
        });
        await SetEachMinuteAsync(fixture, minutes: 30);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)floor);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E3_AgesCountAcrossReopening(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainAge = TimeSpan.FromMinutes(10));
        await SetEachMinuteAsync(fixture, minutes: 30);
        await fixture.ReopenAsync();
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)20);
        await fixture.Store.DisposeAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        await fixture.ReopenAsync();
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)25, "time passes while the store is closed");
        fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)30);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E3_AfterACrashWhatWasNotStoredIsAsOldAsTheOpening(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainAge = TimeSpan.FromMinutes(10));
        await SetEachMinuteAsync(fixture, minutes: 15);
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)5);
        for (var minute = 16; minute <= 30; minute++)
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            await fixture.Store.SetAsync((ulong)minute, "a", $"{minute}");
        }

        await fixture.Store.FlushAsync().Guarded();
        await fixture.CrashAsync();

        // The times up to version 15 were stored with the run of reclamation; it is minute 30.
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)15);
        fixture.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)15);
        fixture.Clock.Advance(TimeSpan.FromTicks(1));
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)30);
    }

    [Fact]
    public async Task E3_TimesOfVersionsThatACrashLostAreForgotten()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainAge = TimeSpan.FromMinutes(10));
        await SetEachMinuteAsync(fixture, minutes: 5);
        await fixture.Store.FlushAsync().Guarded();
        for (var minute = 6; minute <= 9; minute++)
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            await fixture.Store.SetAsync((ulong)minute, "a", "lost");
        }

        await fixture.Store.ReclaimAsync();
        await fixture.CrashAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(7));
        await fixture.Store.SetAsync(6, "a", "again");

        // It is minute 16. Had the lost version 6 left its time, minute 6, the new one would be older than it is.
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)5);
        (await fixture.Store.ReadAsync("a", 5)).Should().Be("5@5");
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E3_SomeVersionsOfEachKeyStayWhateverTheirAge(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.GarbageCollection.RetainPerKey = 3;
        });
        await SetEachMinuteAsync(fixture, minutes: 30);
        await fixture.Store.SetAsync(40, "b", "1");
        await fixture.Store.SetAsync(50, "b", "2");
        using var pin = fixture.Store.OpenSnapshot(50, "pin");
        (await ReclaimAsync(fixture)).Floor.Should().Be((CommitVersion)50);
        await RequireVersionsAsync(fixture, "a", 30, 29, 28);
        await RequireVersionsAsync(fixture, "b", 50, 40);
        fixture.Store.GetStatistics().BufferedVersions.Should().Be(5);

        // A drop waives retention: of its key one version stays.
        await fixture.Store.CommitAsync(new WriteBatch().Drop("a"u8), 60);
        await fixture.Store.CommitAsync(new WriteBatch().Set("c"u8, "1"u8), 61);
        await ReclaimAsync(fixture);
        (await fixture.Store.ReadAsync("a")).Should().Be("30@30");
        fixture.Store.GetStatistics().BufferedVersions.Should().Be(6, "the floor of the key's kind is above the drop, so its kind keeps three as before");
    }

    [Fact]
    public async Task E5_AnOperatorKeepsMoreOrLessThanTheRestAndMayChangeWhileRunning()
    {
        var provider = new OperatorRetentions { Current = new Dictionary<ulong, Retention> { [1] = new(versions: 20) } };
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.InMemory,
            o => o.GarbageCollection.RetainVersions = 5,
            builder => builder.UseKeyClassifier(new KindByFirstByte()).AddGarbageCollectionStrategy(new OperatorStrategy(provider)));
        for (ulong version = 1; version <= 30; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "x").Set("o", "x"), version);
        }

        await ReclaimAsync(fixture);
        FloorsOf(fixture).Should().Equal(25, 10);
        await RequireVersionsAsync(fixture, "a", 30, 29, 28, 27, 26, 25);
        (await fixture.Store.ReadAsync("o", 10)).Should().Be("x@10");
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("o", 9));
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.SetAsync(10, "o", "late"));
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.SetAsync(25, "b", "late"));

        provider.Current = new Dictionary<ulong, Retention> { [1] = new(versions: 2) };
        await ReclaimAsync(fixture);
        FloorsOf(fixture).Should().Equal(25, 28);
        await RequireVersionsAsync(fixture, "o", 30, 29, 28);

        // Asking for more again brings nothing back: a floor never does.
        provider.Current = new Dictionary<ulong, Retention> { [1] = Retention.Everything };
        await ReclaimAsync(fixture);
        FloorsOf(fixture).Should().Equal(25, 28);
    }

    [Fact]
    public async Task E5_AnOperatorThatKeepsFewerOfEachKeyLetsThemGoThoughNoFloorRises()
    {
        var provider = new OperatorRetentions { Current = new Dictionary<ulong, Retention> { [1] = new(versions: 0, perKey: 3) } };
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.InMemory,
            build: builder => builder.UseKeyClassifier(new KindByFirstByte()).AddGarbageCollectionStrategy(new OperatorStrategy(provider)));
        for (ulong version = 1; version <= 5; version++)
        {
            await fixture.Store.SetAsync(version, "o", "x");
        }

        await ReclaimAsync(fixture);
        await RequireVersionsAsync(fixture, "o", 5, 4, 3);
        provider.Current = new Dictionary<ulong, Retention> { [1] = new(versions: 0, perKey: 2) };
        await ReclaimAsync(fixture);
        await RequireVersionsAsync(fixture, "o", 5, 4);
    }

    [Fact]
    public async Task E6_KeepingFewerOfEachKeyLooksAtNothingWhileTheOnlyFloorIsThatOfAKeyThatWasSwept()
    {
        var provider = new OperatorRetentions { Current = new Dictionary<ulong, Retention> { [1] = new(perKey: 3) } };
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.InMemory,
            build: builder => builder.UseKeyClassifier(new KindByFirstByte()).AddGarbageCollectionStrategy(new OperatorStrategy(provider)));
        for (ulong version = 1; version <= 3; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("o1", "x").Set("o2", "x"), version);
        }

        await fixture.Store.CommitAsync(new WriteBatch().Drop(Bytes.Of("o1")), 4);
        await ReclaimAsync(fixture);
        await RequireVersionsAsync(fixture, "o1", 3);

        provider.Current = new Dictionary<ulong, Retention> { [1] = new(perKey: 2) };
        var report = await fixture.Store.ReclaimAsync().Guarded();
        (report.ScannedVersions, report.ReclaimedVersions).Should().Be((0, 0), "how many of a key are kept counts below a floor, and the one key that has one keeps a single version");
        await RequireVersionsAsync(fixture, "o2", 3, 2, 1);
    }

    [Fact]
    public async Task E6_StrategiesAreAskedInOrderAndOneThatFailsStopsNothingButTheRun()
    {
        var fails = new FailingStrategy();
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.None,
            o => o.GarbageCollection.RetainVersions = 5,
            builder => builder
                .AddGarbageCollectionStrategy(new HistoricalStrategy(new RetentionPlan(new Retention(versions: 2), [])))
                .AddGarbageCollectionStrategy(fails));
        await SetEachMinuteAsync(fixture, minutes: 10);

        fails.Plans = _ => throw new InvalidOperationException("host");
        var failure = await Assert.ThrowsAsync<GarbageCollectionStrategyException>(() => fixture.Store.ReclaimAsync().AsTask());
        failure.Strategy.Should().Be(nameof(FailingStrategy));
        failure.InnerException!.Message.Should().Be("host");
        fails.Plans = _ => null!;
        await Assert.ThrowsAsync<GarbageCollectionStrategyException>(() => fixture.Store.ReclaimAsync().AsTask());
        fixture.Store.GetFloor().Should().Be(CommitVersion.Zero);

        fails.Plans = before => before;
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)8);
        await fixture.Store.SetAsync(11, "a", "it goes on");
    }

    [Fact]
    public void E3_AmountsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Retention(age: TimeSpan.FromTicks(-1))).ParamName.Should().Be("age");
        Assert.Throws<ArgumentOutOfRangeException>(() => new Retention(perKey: 0)).ParamName.Should().Be("perKey");
        Assert.Throws<ArgumentNullException>(() => new RetentionPlan(null!, [])).ParamName.Should().Be("byDefault");
        Assert.Throws<ArgumentNullException>(() => new HistoricalStrategy(null!)).ParamName.Should().Be("plan");
        Assert.Throws<ArgumentNullException>(() => new OperatorStrategy(null!)).ParamName.Should().Be("provider");
        Assert.Throws<ArgumentNullException>(() => new MvStoreBuilder().AddGarbageCollectionStrategy(null!)).ParamName.Should().Be("strategy");
    }

    private static ulong[] FloorsOf(StoreFixture fixture)
        => [fixture.Store.GetFloor().Value, fixture.Store.GetFloor(EntryKind.Operator(1)).Value];

    private static async Task SetEachMinuteAsync(StoreFixture fixture, int minutes)
    {
        for (var minute = 1; minute <= minutes; minute++)
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            await fixture.Store.SetAsync((ulong)minute, "a", $"{minute}");
        }
    }

    private static async Task<ReclamationReport> ReclaimAsync(StoreFixture fixture)
    {
        await fixture.FlushIfPersistentAsync();
        return await fixture.Store.ReclaimAsync();
    }

    private static async Task RequireVersionsAsync(StoreFixture fixture, string key, params ulong[] newestFirst)
    {
        var history = await fixture.Store.HistoryAsync(key);
        history.Should().NotBeEmpty();
        if (fixture.Store.GetStatistics().DurableSequence == 0)
        {
            return;
        }

        var scan = new TierScan(KeyRange.Exactly(System.Text.Encoding.UTF8.GetBytes(key)), Everything, TierScanMode.History, ScanDirection.Forward, 1_000);
        (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.Select(r => r.Version.Value).Should().Equal(newestFirst);
    }

    private sealed class FailingStrategy : IGarbageCollectionStrategy
    {
        public Func<RetentionPlan, RetentionPlan> Plans { get; set; } = before => before;

        public RetentionPlan Plan(RetentionPlan before) => Plans(before);
    }
}
