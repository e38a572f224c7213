using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A10 and D8: durability per commit, shared syncs, waiting, and stores that have none to give.</summary>
public sealed class DurabilityTests
{
    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task A10_ADurableCommitReturnsOnceItIsOnDisk(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        using var hold = fixture.Tier.HoldApplies();
        var commit = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).AsTask();
        await hold.Reached.Guarded();

        commit.IsCompleted.Should().BeFalse();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10", "it is visible while it waits");
        fixture.Store.DurableVersion.Should().Be(CommitVersion.Zero);

        hold.Release();
        (await commit.Guarded()).Should().Be(new CommitReceipt(10, 1));
        fixture.Store.DurableVersion.Should().Be((CommitVersion)10);
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task A10_ABufferedCommitReturnsOnceItIsVisibleAndAsksNobodyToFlush()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var commit = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10);

        commit.IsCompletedSuccessfully.Should().BeTrue();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        fixture.Store.GetStatistics().UnflushedCommits.Should().Be(1);

        // Were there a flush on its way, the durable commit would not be in its slice.
        await fixture.Store.CommitAsync(new WriteBatch().Set("b", "1"), 20, Durability.Durable).Guarded();
        fixture.Tier.Applied.Should().ContainSingle().Which.PreviousSequence.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task A10_ConcurrentDurableCommitsShareASync(StoreStorage storage)
    {
        const int Commits = 100;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        using var hold = fixture.Tier.HoldApplies();
        var running = new List<Task<CommitReceipt>>
        {
            fixture.Store.CommitAsync(new WriteBatch().Set("key0", "1"), 1, Durability.Durable).AsTask(),
        };
        await hold.Reached.Guarded();
        for (var i = 1; i < Commits; i++)
        {
            running.Add(fixture.Store.CommitAsync(new WriteBatch().Set($"key{i}", "1"), (ulong)i + 1, Durability.Durable).AsTask());
        }

        running.Should().OnlyContain(commit => !commit.IsCompleted);
        hold.Release();
        await Task.WhenAll(running).Guarded();

        fixture.Tier.Applied.Should().HaveCount(2, "the first commit alone, then all that had come meanwhile");
        fixture.Store.DurableVersion.Should().Be((CommitVersion)Commits);
    }

    [Fact]
    public async Task A10_DurableCommitsOfManyThreadsAreOnDiskWhenTheyReturn()
    {
        const int Threads = 4;
        const int PerThread = 50;
        await using var fixture = await StoreFixture.OpenAsync();
        await Crowd.RunAsync([.. Enumerable.Range(0, Threads).Select<int, Func<Task>>(thread => () => CommitAsync(thread))]);

        fixture.Tier.Applied.Count.Should().BeLessThanOrEqualTo(Threads * PerThread);
        fixture.Tier.Applied.Sum(slice => slice.Rows.Count).Should().Be(Threads * PerThread);

        async Task CommitAsync(int thread)
        {
            for (var i = 0; i < PerThread; i++)
            {
                var receipt = await fixture.Store.CommitAsync(
                    new WriteBatch().Set($"key{thread}", $"{i}"), (ulong)((i * Threads) + thread + 1), Durability.Durable);
                fixture.Store.GetStatistics().DurableSequence.Should().BeGreaterThanOrEqualTo(receipt.Sequence);
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A10_AnyoneMayWaitForAnyVersionAtAnyTime(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.WaitForDurableAsync(CommitVersion.Latest).Guarded();
        await fixture.Store.WaitForDurableAsync(50).Guarded();
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");

        await fixture.Store.WaitForDurableAsync(9).Guarded();
        fixture.Tier.Applied.Should().BeEmpty("nothing at or below version 9 is published");

        await fixture.Store.WaitForDurableAsync(10).Guarded();
        fixture.Store.DurableVersion.Should().BeGreaterThanOrEqualTo((CommitVersion)10);
        await fixture.Store.WaitForDurableAsync(1_000).Guarded();
        fixture.Store.DurableVersion.Should().Be((CommitVersion)20);
        await fixture.Store.WaitForDurableAsync(20).Guarded();
        await fixture.Store.WaitForDurableAsync(CommitVersion.Zero).Guarded();
    }

    [Fact]
    public async Task A10_AWaitCoversWhatIsPublishedWhenItBeginsAndNothingLater()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        using var first = fixture.Tier.HoldApplies();
        var early = fixture.Store.WaitForDurableAsync(CommitVersion.Latest).AsTask();
        await first.Reached.Guarded();
        await fixture.Store.SetAsync(20, "a", "2");
        var second = fixture.Tier.HoldApplies();
        var late = fixture.Store.WaitForDurableAsync(CommitVersion.Latest).AsTask();

        first.Release();
        await early.Guarded();
        await second.Reached.Guarded();
        late.IsCompleted.Should().BeFalse();

        second.Release();
        await late.Guarded();
    }

    [Fact]
    public async Task A10_AWaitForAVersionIncludesLateCommitsBelowIt()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "new"), 20, Durability.Durable).Guarded();
        await fixture.Store.SetAsync(10, "a", "late");

        await fixture.Store.WaitForDurableAsync(15).Guarded();

        fixture.Tier.Applied.Should().HaveCount(2);
        fixture.Store.GetStatistics().UnflushedCommits.Should().Be(0);
    }

    [Fact]
    public async Task D8_AMemoryOnlyStoreRefusesADurableCommitAndAppliesNothing()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");

        await Assert.ThrowsAsync<DurabilityUnavailableException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded());
        await Assert.ThrowsAsync<DurabilityUnavailableException>(
            () => fixture.Store.CommitAsync(new WriteBatch(), 20, Durability.Durable).Guarded());

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@10");
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)10);
        await fixture.Store.SetAsync(20, "a", "3");
    }

    [Fact]
    public async Task D8_AMemoryOnlyStoreNeverPretendsToBeDurable()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");

        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => fixture.Store.WaitForDurableAsync(10).Guarded());
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => fixture.Store.WaitForDurableAsync(CommitVersion.Latest).Guarded());
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => fixture.Store.FlushAsync().Guarded());
        fixture.Store.DurableVersion.Should().Be(CommitVersion.Zero);
        fixture.Store.GetStatistics().DurableSequence.Should().Be(0);
    }

    [Fact]
    public async Task D8_AMemoryOnlyStoreKeepsEverythingInMemory()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o =>
        {
            o.Buffer.MemoryBudget = 0;
            o.Flush.MaxEntries = 1;
            o.Flush.MaxBytes = 1;
            o.Flush.MaxAge = TimeSpan.FromMilliseconds(1);
        });
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        fixture.Store.Evict(0).Should().Be(0);

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10");
    }
}
