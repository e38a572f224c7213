using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>What retention lets go is not written at all, and nobody can tell but by its absence (I35 to I37).</summary>
public sealed class LeavingOutTests
{
    private const ulong Commits = 100;

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E1_VersionsThatRetentionLetsGoAreNotWritten(StoreStorage storage)
    {
        var events = new FlushRecorder();
        await using var fixture = await OpenAsync(storage, retain: 10, events);
        using var before = fixture.Store.OpenSnapshot(CommitVersion.Zero, "before everything");
        await SetAsync(fixture, 1, 50);
        using var at50 = fixture.Store.OpenSnapshot(50, "at 50");
        await SetAsync(fixture, 51, Commits);
        await fixture.Store.FlushAsync().Guarded();

        // From the floor, 90, on; and what the pin sees.
        (await VersionsOnDiskAsync(fixture)).Should().Equal([.. Descending(90), 50]);
        (await events.NextAsync(FlushStage.Completed)).LeftOutRows.Should().Be((int)Commits - 12);
        fixture.Store.Evict(0);
        (await fixture.Store.ReadAsync("a", 90)).Should().Be("90@90");
        (await at50.ReadAsync("a")).Should().Be("50@50");
        (await before.ReadAsync("a")).Should().BeNull();
        var below = await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("a", 89));
        below.Floor.Should().Be(new CommitVersion(90));
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.SetAsync(90, "b", "late"));
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E8_WhatWasNotWrittenAndTheFloorSurviveACrashTogether(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage, retain: 10);
        await SetAsync(fixture, 1, Commits);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.CrashAsync();
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("a", 89));
        (await fixture.Store.ReadAsync("a", 90)).Should().Be("90@90");
        (await fixture.Store.HistoryAsync("a")).Should().HaveCount(11);
    }

    [Fact]
    public async Task E8_AFloorThatWasNotWrittenWithItsSliceIsForgottenWithIt()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory, retain: 10);
        await SetAsync(fixture, 1, 20);
        await fixture.Store.FlushAsync().Guarded();
        await SetAsync(fixture, 21, Commits);
        var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();

        // Commits and reads keep to the floor already.
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("a", 89));
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.SetAsync(90, "b", "late"));
        (await fixture.Store.ReadAsync("a", 90)).Should().Be("90@90");
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a", 20)).Should().Be("20@20");
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("10@10", "the floor is that of the last slice that was written");
        (await fixture.Store.SetAsync(90, "b", "again")).Version.Should().Be(new CommitVersion(90));
        flush.IsCompletedSuccessfully.Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task E8_ReclamationMeanwhileGoesByTheFloorThatIsStored(bool isWritten)
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory, retain: 10);
        await SetAsync(fixture, 1, 20);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.ReclaimAsync().Guarded();
        await SetAsync(fixture, 21, Commits);
        var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();
        (await fixture.Store.ReclaimAsync().Guarded()).Floor.Should().Be(new CommitVersion(10));
        if (isWritten)
        {
            hold.Release();
            await flush.Guarded();
            (await fixture.Store.ReclaimAsync().Guarded()).Floor.Should().Be(new CommitVersion(90));
            (await VersionsOnDiskAsync(fixture)).Should().Equal(Descending(90));
        }
        else
        {
            await fixture.CrashAsync();
            (await fixture.Store.HistoryAsync("a")).Should().HaveCount(11, "20 down to the floor, 10");
        }
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task I65_WhatIsLeftOutIsDecidedInTheSlicesOwnTurnAndNotWhenItIsCopied(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage, retain: 10, maxSliceBytes: 200);
        await SetAsync(fixture, 1, Commits);
        var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();

        // Behind the slice that is held, and copied meanwhile.
        using var at80 = fixture.Store.OpenSnapshot(80, "opened while the slice before is written");
        hold.Release();
        await flush.Guarded();

        fixture.Tier.Applied.Should().HaveCountGreaterThan(1);
        fixture.Tier.Applied[0].Sequence.Should().BeLessThan(80);
        (await VersionsOnDiskAsync(fixture)).Should().Contain(80UL).And.NotContain(81UL);
        fixture.Store.Evict(0);
        (await at80.ReadAsync("a")).Should().Be("80@80");
    }

    [Fact]
    public async Task E1_AllHistoryIsWrittenByDefault()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory, retain: null);
        await SetAsync(fixture, 1, Commits);
        await fixture.Store.FlushAsync().Guarded();
        (await VersionsOnDiskAsync(fixture)).Should().Equal(Descending(1));
    }

    [Fact]
    public async Task E6_NothingIsLeftOutByItselfWhereReclamationRunsOnRequestOnly()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 10);
        await SetAsync(fixture, 1, Commits);
        await fixture.Store.FlushAsync().Guarded();
        (await VersionsOnDiskAsync(fixture)).Should().Equal(Descending(1));
        (await fixture.Store.ReadAsync("a", 1)).Should().Be("1@1");
    }

    [Fact]
    public async Task E6_ASliceOfDifferentKeysRaisesNoFloor()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory, retain: 0);
        for (var i = 1UL; i <= Commits; i++)
        {
            await fixture.Store.SetAsync(i, $"key {i}", "x");
        }

        await fixture.Store.FlushAsync().Guarded();
        (await fixture.Store.ReadAsync("key 1", 1)).Should().Be("x@1");
    }

    private static Task<StoreFixture> OpenAsync(StoreStorage storage, ulong? retain, FlushRecorder? events = null, long maxSliceBytes = 1 << 20)
        => StoreFixture.OpenAsync(
            storage,
            o =>
            {
                (o.GarbageCollection.RetainVersions, o.GarbageCollection.Interval) = (retain, TimeSpan.FromDays(1));
                o.Flush.MaxSliceBytes = maxSliceBytes;
            },
            b => _ = events is null ? b : b.AddFlushListener(events));

    private static async Task SetAsync(StoreFixture fixture, ulong first, ulong last)
    {
        for (var version = first; version <= last; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
        }
    }

    private static IEnumerable<ulong> Descending(ulong lowest)
    {
        for (var version = Commits; version >= lowest; version--)
        {
            yield return version;
        }
    }

    private static async Task<IEnumerable<ulong>> VersionsOnDiskAsync(StoreFixture fixture)
    {
        var everything = new TierView(CommitVersion.Latest, ulong.MaxValue);
        var scan = new TierScan(KeyRange.All, everything, TierScanMode.History, ScanDirection.Forward, 1_000);
        return (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.Select(r => r.Version.Value);
    }
}
