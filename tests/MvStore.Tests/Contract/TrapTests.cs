using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Mistakes that stores of this shape are known for, where no other test of a clause is the mistake itself.</summary>
public sealed class TrapTests
{
    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task Trap04_AFailedFlushDropsNothing(StoreStorage storage)
    {
        const int Failures = 5;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Flush.MaxSliceBytes = 1);
        for (ulong version = 1; version <= 20; version++)
        {
            await fixture.Store.SetAsync(version, $"key{version:D2}", "1");
        }

        fixture.Tier.FailNextApplies(TierFailure.Transient, Failures);
        var flush = fixture.Store.FlushAsync().AsTask();
        await fixture.Clock.AdvanceUntilAsync(flush, TimeSpan.FromMinutes(1)).Guarded();
        await flush;
        await fixture.CrashAsync();

        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().HaveCount(20);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task Trap08_TombstonesThatAreHiddenGoAndNothingThatWentComesBack(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.RemoveAsync(20, "a");
        await fixture.Store.SetAsync(30, "a", "2");
        await fixture.Store.RemoveAsync(40, "a");
        await fixture.Store.SetAsync(50, "b", "1");
        await fixture.SettleAsync(residency);
        await fixture.FlushIfPersistentAsync();

        var report = await fixture.Store.ReclaimAsync().Guarded();

        report.Floor.Should().Be((CommitVersion)50);
        report.ReclaimedVersions.Should().BeGreaterThanOrEqualTo(4);
        await AssertAsync();
        fixture.Store.GetStatistics().BufferedVersions.Should().BeLessThanOrEqualTo(1, "memory gives up what is hidden, and deleted keys");
        fixture.Store.Evict(0);
        await AssertAsync();
        if (storage != StoreStorage.None)
        {
            await fixture.ReopenAsync();
            await AssertAsync();
        }

        async Task AssertAsync()
        {
            (await fixture.Store.ReadAsync("a")).Should().BeNull();
            (await fixture.Store.ScanAllAsync(50)).Should().Equal("b=1@50");
            (await fixture.Store.HistoryAllAsync()).Should().Equal("b=1@50");
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task Trap11_ReclamationUnderWayHoldsUpNeitherReadersNorCommitters(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded();
        using var hold = fixture.Tier.HoldReclaims();
        var reclamation = fixture.Store.ReclaimAsync().AsTask();
        await hold.Reached.Guarded();

        fixture.Store.CommitAsync(new WriteBatch().Set("a", "3").Set("b", "3"), 30).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        fixture.Store.GetAsync(Bytes.Of("a"), CommitVersion.Latest).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        using (var snapshot = fixture.Store.OpenSnapshot(25))
        {
            (await snapshot.ScanAllAsync()).Should().BeEquivalentTo("a=2@20");
        }

        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("a=3@30", "b=3@30");
        reclamation.IsCompleted.Should().BeFalse();

        hold.Release();
        await reclamation.Guarded();
    }

    [Fact]
    public async Task Trap12_NoWaitGivesUpByItselfOrPretendsToBeOver()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        using var hold = fixture.Tier.HoldApplies();
        Task[] waits =
        [
            fixture.Store.FlushAsync().AsTask(),
            fixture.Store.WaitForDurableAsync(10).AsTask(),
            fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).AsTask(),
        ];
        await hold.Reached.Guarded();
        fixture.Clock.Advance(TimeSpan.FromDays(10));

        fixture.Clock.DueTimes.Should().BeEmpty("a wait sets no time limit of its own");
        waits.Should().OnlyContain(wait => !wait.IsCompleted);
        fixture.Store.DurableVersion.Should().Be(CommitVersion.Zero);
        hold.Release();
        await Task.WhenAll(waits).Guarded();
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task Trap12_ASnapshotAtAVersionNotReachedNeverChangesItsAnswer(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        using var ahead = fixture.Store.OpenSnapshot(30);
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.Store.SetAsync(30, "a", "3");
        await fixture.FlushIfPersistentAsync();
        fixture.Store.Evict(0);

        (await ahead.ReadAsync("a")).Should().Be("1@10");
        (await ahead.ScanAllAsync()).Should().Equal("a=1@10");
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task Trap13_EvictionTakesNothingFromOlderReaders(StoreStorage storage)
    {
        const ulong Versions = 30;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Buffer.MemoryBudget = 0);
        var snapshots = new List<ISnapshot>();
        for (ulong version = 1; version <= Versions; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}").Set($"own{version:D2}", "1"), version).Guarded();
            snapshots.Add(fixture.Store.OpenSnapshot(version, $"reader {version}"));
            if (version % 3 == 0)
            {
                await fixture.Store.FlushAsync().Guarded();
                fixture.Store.Evict(0);
            }
        }

        foreach (var snapshot in snapshots)
        {
            (await snapshot.ReadAsync("a")).Should().Be($"{snapshot.Version}@{snapshot.Version}");
            (await snapshot.ScanAllAsync()).Should().HaveCount((int)snapshot.Version.Value + 1);
            (await fixture.Store.ReadAsync("a", snapshot.Version)).Should().Be($"{snapshot.Version}@{snapshot.Version}");
            snapshot.Dispose();
        }
    }
}
