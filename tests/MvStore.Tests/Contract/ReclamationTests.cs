using MvStore.Tests.Fixtures;
using MvStore.Tests.Model;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class ReclamationTests
{
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    public static TheoryData<StoreStorage, Residency> Open => SnapshotTests.Open;

    [Theory]
    [MemberData(nameof(Open))]
    public async Task Trap01_TheNewestVersionAtOrBelowTheFloorStays(StoreStorage storage, Residency residency)
    {
        // Sparse versions: 10 and 60. A reader at 50 must see 10, with a pin and, while the floor is at 50, without.
        await using var fixture = await OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 50);
        await fixture.Store.SetAsync(10, "b", "ten");
        await fixture.Store.SetAsync(60, "b", "sixty");
        using var pin = fixture.Store.OpenSnapshot(50);
        await fixture.Store.SetAsync(100, "other", "1");
        await SettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)50);
        (await fixture.Store.ReadAsync("b", 50)).Should().Be("ten@10");
        (await fixture.Store.ReadAsync("b", 59)).Should().Be("ten@10");
        (await pin.ReadAsync("b")).Should().Be("ten@10");

        await fixture.Store.SetAsync(150, "other", "2");
        await SettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)100);
        (await pin.ReadAsync("b")).Should().Be("ten@10", "the pin at 50 sees it, although 60 is newer");
        (await fixture.Store.ReadAsync("b", 100)).Should().Be("sixty@60");
        await RequireVersionsAsync(fixture, storage, 60, 10);

        pin.Dispose();
        await fixture.Store.ReclaimAsync();
        (await fixture.Store.ReadAsync("b", 100)).Should().Be("sixty@60");
        await RequireVersionsAsync(fixture, storage, 60);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task Trap01_ATombstoneBelowTheFloorNeverResurrectsWhatItHides(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "b", "1");
        await fixture.Store.RemoveAsync(20, "b");
        await fixture.Store.SetAsync(100, "other", "1");
        await SettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)100);
        (await fixture.Store.ReadAsync("b")).Should().BeNull();
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("other=1@100");
        if (storage != StoreStorage.None)
        {
            await fixture.ReopenAsync();
            (await fixture.Store.ReadAsync("b")).Should().BeNull();
            (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("other=1@100");
        }
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task Trap09_ALateLowerVersionNeverHidesThePersistedNewerOneAndIsNeverLost(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(60, "b", "sixty");
        await fixture.SettleAsync(storage == StoreStorage.None ? residency : Residency.Evicted);
        await fixture.Store.SetAsync(10, "b", "ten");
        await RequireBothAsync();
        await fixture.SettleAsync(residency);
        await RequireBothAsync();
        await fixture.Store.SetAsync(30, "b", "thirty");
        await fixture.SettleAsync(storage == StoreStorage.None ? residency : Residency.Evicted);
        await RequireBothAsync();
        (await fixture.Store.HistoryAsync("b")).Should().Equal("sixty@60", "thirty@30", "ten@10");
        if (storage != StoreStorage.None)
        {
            await fixture.ReopenAsync();
            (await fixture.Store.HistoryAsync("b")).Should().Equal("sixty@60", "thirty@30", "ten@10");
        }

        async Task RequireBothAsync()
        {
            (await fixture.Store.ReadAsync("b")).Should().Be("sixty@60");
            (await fixture.Store.ReadAsync("b", 29)).Should().Be("ten@10");
            (await fixture.Store.ScanAllAsync(60)).Should().Equal("b=sixty@60");
            (await fixture.Store.ScanAllAsync(29)).Should().Equal("b=ten@10");
        }
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task Trap09_ALateVersionBetweenEvictedOnesHidesNoneOfThem(StoreStorage storage)
    {
        // Memory holds 20 and the late 7; 5 and 10 are on disk only. A reader at 12 finds 7 in memory and must not stop there.
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(5, "a", "5");
        await fixture.Store.SetAsync(10, "a", "10");
        await fixture.Store.FlushAsync();
        await fixture.Store.SetAsync(20, "a", "20");
        fixture.Store.Evict(0);
        await fixture.Store.SetAsync(7, "a", "7");

        ulong[] written = [5, 7, 10, 20];
        for (ulong at = 5; at <= 21; at++)
        {
            var newest = written.Last(v => v <= at);
            (await fixture.Store.ReadAsync("a", at)).Should().Be($"{newest}@{newest}");
            (await fixture.Store.GetManyAsync([Bytes.Of("a")], at)).Single().Version.Should().Be((CommitVersion)newest);
            (await fixture.Store.GetPreviousAsync("a"u8, at + 1)).Row.Version.Should().Be((CommitVersion)newest);
            (await fixture.Store.ScanAllAsync(at)).Should().Equal($"a={newest}@{newest}");
        }
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task E1_ALateVersionThatAPinCannotSeeDoesNotReleaseTheOneItDoesSee(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "b", "ten");
        await fixture.Store.SetAsync(50, "other", "1");
        using var pin = fixture.Store.OpenSnapshot(50);
        await fixture.Store.SetAsync(40, "b", "late");
        await fixture.Store.SetAsync(100, "other", "2");
        await SettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)100);

        (await pin.ReadAsync("b")).Should().Be("ten@10");
        (await fixture.Store.ReadAsync("b")).Should().Be("late@40");
        await RequireVersionsAsync(fixture, storage, 40, 10);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task E1_ASecondPinAtTheSameVersionButALaterMomentKeepsAnotherEntry(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "b", "ten");
        await fixture.Store.SetAsync(50, "b", "fifty");
        using var before = fixture.Store.OpenSnapshot(45);
        await fixture.Store.SetAsync(40, "b", "late");
        using var after = fixture.Store.OpenSnapshot(45);
        await fixture.Store.SetAsync(100, "other", "1");
        await SettleAsync(fixture, storage, residency);
        await fixture.Store.ReclaimAsync();

        (await before.ReadAsync("b")).Should().Be("ten@10");
        (await after.ReadAsync("b")).Should().Be("late@40");
        await RequireVersionsAsync(fixture, storage, 50, 40, 10);
        before.Dispose();
        await fixture.Store.ReclaimAsync();
        (await after.ReadAsync("b")).Should().Be("late@40");
        await RequireVersionsAsync(fixture, storage, 50, 40);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task E2_AChainHoldsAtMostOneEntryPerPinPlusOneHoweverLongAReaderStays(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        var pins = new List<ISnapshot>();
        for (ulong version = 1; version <= 100; version++)
        {
            await fixture.Store.SetAsync(version, "b", $"{version}");
            if (version is 10 or 11 or 55)
            {
                pins.Add(fixture.Store.OpenSnapshot(version));
            }

            if (version % 25 == 0)
            {
                await SettleAsync(fixture, storage, residency);
                await fixture.Store.ReclaimAsync();
            }
        }

        await RequireVersionsAsync(fixture, storage, 100, 55, 11, 10);
        foreach (var pin in pins)
        {
            (await pin.ReadAsync("b")).Should().Be($"{pin.Version}@{pin.Version}");
        }

        pins.ForEach(p => p.Dispose());
        await fixture.Store.ReclaimAsync();
        await RequireVersionsAsync(fixture, storage, 100);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task E1_ARunningScanIsAPin(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.Persistence.ReadPageRows = 1;
        });
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1"), 1);
        var rows = fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest).GetAsyncEnumerator();
        (await rows.MoveNextAsync()).Should().BeTrue();
        await fixture.Store.CommitAsync(new WriteBatch().Set("b", "2").Remove("c"), 2);
        await SettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Pins.Should().Be(1);

        (await rows.MoveNextAsync()).Should().BeTrue();
        AnswerText.Of(rows.Current).Should().Be("b@1=1");
        (await rows.MoveNextAsync()).Should().BeTrue();
        AnswerText.Of(rows.Current).Should().Be("c@1=1");
        (await rows.MoveNextAsync()).Should().BeFalse();
        await rows.DisposeAsync();

        var report = await fixture.Store.ReclaimAsync();
        report.Pins.Should().Be(0, "it ended");
        await RequireVersionsAsync(fixture, storage, 2);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task E1_WithoutALimitNothingIsEverReclaimed(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        for (ulong version = 1; version <= 20; version++)
        {
            await fixture.Store.SetAsync(version, "b", $"{version}");
        }

        await SettleAsync(fixture, storage, residency);
        var report = await fixture.Store.ReclaimAsync();
        report.Floor.Should().Be(CommitVersion.Zero);
        report.ReclaimedVersions.Should().Be(0);
        (await fixture.Store.HistoryAsync("b")).Should().HaveCount(20);
        (await fixture.Store.ReadAsync("b", 1)).Should().Be("1@1");
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E8_WhatWasReclaimedStaysReclaimedAfterAFlushAndAReopening(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.Persistence.ReclaimStepVersions = 1;
        });
        for (ulong version = 1; version <= 10; version++)
        {
            await fixture.Store.SetAsync(version, version % 2 == 0 ? "a" : "b", $"{version}");
        }

        await fixture.Store.FlushAsync();
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)10);
        await fixture.Store.SetAsync(11, "c", "1");
        await fixture.ReopenAsync();
        await RequireVersionsAsync(fixture, storage, 9);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=10@10", "b=9@9", "c=1@11");
    }

    /// <summary>Reclamation follows what is durable, so data is always flushed; then it lies where the residency says.</summary>
    private static async Task SettleAsync(StoreFixture fixture, StoreStorage storage, Residency residency)
        => await fixture.SettleAsync(storage != StoreStorage.None && residency == Residency.Buffered ? Residency.Flushed : residency);

    /// <summary>
    /// Demands which versions of the key "b" are still there: on disk exactly these; in memory, which can only be counted by kind, so many.
    /// </summary>
    private static async Task RequireVersionsAsync(StoreFixture fixture, StoreStorage storage, params ulong[] newestFirst)
    {
        if (storage == StoreStorage.None)
        {
            fixture.Store.GetStatistics().ByKind[FirstByteClassifier.Operator].Versions.Should().Be(newestFirst.Length);
            return;
        }

        var scan = new TierScan(KeyRange.Exactly("b"u8), Everything, TierScanMode.History, ScanDirection.Forward, 1_000);
        (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.Select(r => r.Version.Value).Should().Equal(newestFirst);
    }

    private static Task<StoreFixture> OpenAsync(StoreStorage storage, Action<MvStoreOptions> configure)
        => StoreFixture.OpenAsync(storage, configure, builder => builder.UseKeyClassifier(new FirstByteClassifier(precise: true)));
}
