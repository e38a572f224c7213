using MvStore.Conformance;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D9: disposing flushes within a time limit, happens once, and ends everything.</summary>
public sealed class DisposalTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);

    public static TheoryData<StoreStorage, string> EveryMember
    {
        get
        {
            var data = new TheoryData<StoreStorage, string>();
            foreach (var storage in (StoreStorage[])[StoreStorage.None, StoreStorage.InMemory])
            {
                foreach (var member in StoreMembers.All(storage))
                {
                    data.Add(storage, member.Name);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> EverySnapshotMember => [.. SnapshotMembers.All().Select(member => member.Name)];

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D9_DisposingFlushesEverything(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.Store.SetAsync(15, "b", "late");

        await fixture.ReopenAsync();

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=late@15");
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)20);
        fixture.Store.DurableVersion.Should().Be((CommitVersion)20);
        (await fixture.Store.SetAsync(30, "a", "3")).Sequence.Should().Be(4);
    }

    [Fact]
    public async Task D9_DisposingLetsTheCommitsUnderWayFinish()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        var durable = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).AsTask();
        await hold.Reached.Guarded();
        await fixture.Store.SetAsync(20, "a", "2");
        var disposal = fixture.Store.DisposeAsync().AsTask();
        hold.Release();

        await durable.Guarded();
        await disposal.Guarded();
        fixture.Tier.Applied.Sum(slice => slice.Rows.Count).Should().Be(2);
    }

    [Fact]
    public async Task D9_DisposingGivesUpLoudlyAtItsTimeLimit()
    {
        var events = new FlushRecorder();
        await using var fixture = await OpenWithLimitAsync(events);
        using var hold = fixture.Tier.HoldApplies();
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        var disposal = fixture.Store.DisposeAsync().AsTask();
        await hold.Reached.Guarded();
        await fixture.Clock.TimerStartedAsync(due => due == Limit).Guarded();
        fixture.Clock.Advance(Limit - TimeSpan.FromTicks(1));
        disposal.IsCompleted.Should().BeFalse();
        fixture.Clock.Advance(TimeSpan.FromTicks(1));

        var error = await Assert.ThrowsAsync<FlushTimeoutException>(() => disposal.Guarded());

        error.Limit.Should().Be(Limit);
        error.UnflushedCommits.Should().Be(2);
        (await events.NextAsync(FlushStage.Started).Guarded()).Trigger.Should().Be(FlushTrigger.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.Store.SetAsync(30, "a", "3"));
    }

    [Fact]
    public async Task D9_GivingUpNamesTheFailureThatKeptTheFlushFromEnding()
    {
        await using var fixture = await OpenWithLimitAsync(configure: o =>
        {
            o.Flush.RetryDelay = Limit * 2;
            o.Flush.MaxRetryDelay = Limit * 2;
        });
        await fixture.Store.SetAsync(10, "a", "1");
        var cause = new PersistentTierException(TierFailure.Transient, "The disk is full.");
        fixture.Tier.FailNextApplies(cause);
        var disposal = fixture.Store.DisposeAsync().AsTask();
        await fixture.Clock.TimerStartedAsync(due => due == Limit * 2).Guarded();
        await fixture.Clock.TimerStartedAsync(due => due == Limit).Guarded();
        fixture.Clock.Advance(Limit);

        var error = await Assert.ThrowsAsync<FlushTimeoutException>(() => disposal.Guarded());

        error.InnerException.Should().BeSameAs(cause);
        error.UnflushedCommits.Should().Be(1);
    }

    [Fact]
    public async Task D9_WhoeverWaitsWhenDisposingGivesUpIsToldSo()
    {
        await using var fixture = await OpenWithLimitAsync();
        using var hold = fixture.Tier.HoldApplies();
        var commit = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).AsTask();
        await hold.Reached.Guarded();
        var disposal = fixture.Store.DisposeAsync().AsTask();
        await fixture.Clock.TimerStartedAsync(due => due == Limit).Guarded();
        fixture.Clock.Advance(Limit);

        await Assert.ThrowsAsync<FlushTimeoutException>(() => disposal.Guarded());
        await Assert.ThrowsAnyAsync<MvStoreException>(() => commit.Guarded());
    }

    [Fact]
    public async Task D9_ALateCommitStuckInTheTierDoesNotHoldUpDisposingForEver()
    {
        await using var fixture = await OpenWithLimitAsync();
        await fixture.Store.SetAsync(20, "a", "1");
        await fixture.SettleAsync(Residency.Evicted);
        using var hold = fixture.Tier.HoldReads();
        var late = fixture.Store.CommitAsync(new WriteBatch().Set("a", "late"), 10).AsTask();
        await hold.Reached.Guarded();

        // Whether anything is lost is not the point here: the end must come.
        var disposal = fixture.Store.DisposeAsync().AsTask();
        await fixture.Clock.AdvanceUntilAsync(disposal, Limit).Guarded();
        hold.Release();
        await Assert.ThrowsAnyAsync<Exception>(() => late.Guarded());
    }

    [Fact]
    public async Task D9_AReclamationStuckInTheTierDoesNotHoldUpDisposingForEver()
    {
        var interval = TimeSpan.FromSeconds(3);
        var clock = new ManualClock();
        var tier = new StuckReclaimTier(new InMemoryTier(new InMemoryTierStorage()));
        var store = await new MvStoreBuilder()
            .UsePersistentTier(tier)
            .UseTimeProvider(clock)
            .Configure(o =>
            {
                o.Flush.DisposeTimeout = Limit;
                o.GarbageCollection.RetainVersions = 0;
                o.GarbageCollection.Interval = interval;
            })
            .OpenAsync();
        await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8), 10, Durability.Durable);
        await clock.TimerStartedAsync(due => due == interval).Guarded();
        clock.Advance(interval);
        await tier.Reached.Guarded();

        var disposal = store.DisposeAsync().AsTask();
        await clock.AdvanceUntilAsync(disposal, Limit).Guarded();

        await disposal.Guarded();
    }

    [Fact]
    public async Task D9_AFailedStoreTellsWhatItLosesWhenItIsDisposed()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        fixture.LosesCommits = true;
        var cause = new PersistentTierException(TierFailure.Fatal, "No permission.");
        fixture.Tier.FailNextApplies(cause);
        await fixture.Store.SetAsync(10, "a", "1");
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());

        var error = await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.DisposeAsync().Guarded());

        error.InnerException.Should().BeSameAs(cause);
        fixture.Tier.Disposals.Should().Be(1);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.Store.ReadAsync("a"));
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task D9_DisposingIsIdempotent(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");

        await Crowd.RunAsync([.. Enumerable.Repeat<Func<Task>>(() => fixture.Store.DisposeAsync().AsTask(), 4)]);
        await fixture.Store.DisposeAsync().Guarded();

        if (storage != StoreStorage.None)
        {
            fixture.Tier.Applied.Should().ContainSingle();
            fixture.Tier.Disposals.Should().Be(1);
        }
    }

    [Theory]
    [MemberData(nameof(EveryMember))]
    public async Task D9_EveryMemberThrowsAfterwards(StoreStorage storage, string name)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.DisposeAsync().Guarded();
        var member = StoreMembers.All(storage).Single(candidate => candidate.Name == name);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => member.Call(fixture.Store).Guarded());
    }

    [Fact]
    public void D9_TheListOfMembersIsComplete()
    {
        var called = StoreMembers.All(StoreStorage.InMemory).Select(member => member.Name.Split(' ')[0]).Append("DisposeAsync");

        MemberNames(typeof(IMultiVersionStore)).Should().BeEquivalentTo(called.Distinct());
        MemberNames(typeof(ISnapshot)).Should().BeEquivalentTo(
            SnapshotMembers.All().Select(member => member.Name).Concat(["Dispose", "Version", "Owner", "OpenedAt"]));
    }

    [Theory]
    [MemberData(nameof(EverySnapshotMember))]
    public async Task D9_EveryReadOfASnapshotThrowsAfterTheStoreIsDisposed(string name)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        await fixture.Store.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Member(name).Call(snapshot).Guarded());
    }

    [Theory]
    [MemberData(nameof(EverySnapshotMember))]
    public async Task D9_EveryReadOfADisposedSnapshotThrows(string name)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");
        var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest, "me");
        snapshot.Dispose();
        snapshot.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Member(name).Call(snapshot).Guarded());
        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
        snapshot.Owner.Should().Be("me");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task D9_AnEnumerationInProgressIsNeverCutShort(StoreStorage storage)
    {
        const int Keys = 1_000;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 2);
        var batch = new WriteBatch();
        for (var i = 0; i < Keys; i++)
        {
            batch.Set($"key{i:D4}", "1");
        }

        await fixture.Store.CommitAsync(batch, 10).Guarded();
        await fixture.SettleAsync(storage == StoreStorage.None ? Residency.MemoryOnly : Residency.Evicted);
        await using var rows = fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest).GetAsyncEnumerator();
        (await rows.MoveNextAsync().Guarded()).Should().BeTrue();
        await fixture.Store.DisposeAsync().Guarded();

        // It may end as usual, or say that the store is gone; it may not look as if there were no more rows.
        var read = 1;
        try
        {
            while (await rows.MoveNextAsync().Guarded())
            {
                read++;
            }

            read.Should().Be(Keys);
        }
        catch (ObjectDisposedException)
        {
            read.Should().BeLessThan(Keys);
        }
    }

    [Fact]
    public async Task D9_CommitsThatRaceWithDisposingAreWholeOrRefused()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var fixture = await StoreFixture.OpenAsync();
            var accepted = new List<ulong>();
            var store = fixture.Store;
            await Crowd.RunAsync(() => CommitAsync(1), () => CommitAsync(2), () => CommitAsync(3), () => store.DisposeAsync().AsTask());
            await fixture.ReopenAsync();

            (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().BeEquivalentTo(
                accepted.SelectMany(version => (string[])[$"{version}a=1@{version}", $"{version}b=1@{version}"]));

            async Task CommitAsync(ulong thread)
            {
                try
                {
                    for (var version = thread; version < 300; version += 3)
                    {
                        await store.CommitAsync(new WriteBatch().Set($"{version}a", "1").Set($"{version}b", "1"), version);
                        lock (accepted)
                        {
                            accepted.Add(version);
                        }
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The store is closing; nothing of this commit may be there.
                }
            }
        }
    }

    private static async Task<StoreFixture> OpenWithLimitAsync(IFlushListener? listener = null, Action<MvStoreOptions>? configure = null)
    {
        var fixture = await StoreFixture.OpenAsync(
            configure: o =>
            {
                o.Flush.DisposeTimeout = Limit;
                configure?.Invoke(o);
            },
            build: b => _ = listener is null ? b : b.AddFlushListener(listener));
        fixture.LosesCommits = true;
        return fixture;
    }

    private static SnapshotMember Member(string name) => SnapshotMembers.All().Single(member => member.Name == name);

    private static IEnumerable<string> MemberNames(Type type)
        => type.GetInterfaces().Append(type)
            .SelectMany(part => part.GetMembers())
            .Select(member => member.Name)
            .Where(name => !name.StartsWith("get_", StringComparison.Ordinal))
            .Distinct();
}
