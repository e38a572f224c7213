using MvStore.Conformance;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>The contract's durability, recovery and closing, in stores with a commit log.</summary>
public sealed class LoggedStoreTests
{
    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task A10_ADurableCommitWaitsForTheLogAndNotForTheTier(StoreStorage storage)
    {
        await using var fixture = await LogFixture.OpenAsync(storage);

        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();

        fixture.Tier.Attempts.Should().Be(0);
        fixture.Store.DurableVersion.Should().Be((CommitVersion)10);
        fixture.Store.GetStatistics().Should().Match<StoreStatistics>(s => s.DurableSequence == 1 && s.LoggedSequence == 1 && s.FlushedSequence == 0);
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        fixture.Store.DurableVersion.Should().Be((CommitVersion)10);
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)10);
    }

    [Fact]
    public async Task A10_ALoggedCommitOutlivesTheProcess()
    {
        await using var fixture = await LogFixture.OpenAsync();

        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Logged).Guarded();

        fixture.Store.DurableVersion.Should().Be(CommitVersion.Zero, "nobody asked for a sync");
        fixture.Store.GetStatistics().LoggedSequence.Should().Be(1);
        await fixture.CrashAsync(PowerLoss.KeepsAll);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task A10_ABufferedCommitIsLoggedWhenTheTimeHasCome()
    {
        await using var fixture = await LogFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        var logged = fixture.Disk.Operations.Count;

        fixture.Clock.Advance(TimeSpan.FromMilliseconds(10));
        await fixture.Store.CommitAsync(new WriteBatch(), 20, Durability.Logged).Guarded();

        fixture.Disk.Operations.Skip(logged).Should().OnlyContain(o => o.Kind == DiskOperationKind.Write);
        await fixture.CrashAsync(PowerLoss.KeepsAll);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task A10_WithoutALogALoggedCommitIsADurableOne()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Logged).Guarded();

        fixture.Tier.Applied.Should().ContainSingle();
        fixture.Store.DurableVersion.Should().Be((CommitVersion)10);
    }

    [Fact]
    public async Task A10_TheLeastDurabilityOfTheStoreCounts()
    {
        await using var fixture = await LogFixture.OpenAsync(configure: o => o.CommitLog.MinimumDurability = Durability.Durable);
        await fixture.Store.SetAsync(10, "a", "1");

        fixture.Store.DurableVersion.Should().Be((CommitVersion)10);
    }

    [Fact]
    public async Task A10_WaitingForAVersionWaitsForTheLog()
    {
        await using var fixture = await LogFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(5, "b", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        fixture.Store.DurableVersion.Should().Be(CommitVersion.Zero);

        await fixture.Store.WaitForDurableAsync(10).Guarded();

        fixture.Tier.Attempts.Should().Be(0);
        fixture.Store.DurableVersion.Should().Be((CommitVersion)20, "one sync takes all that is there");
        await fixture.CrashAsync();
        (await fixture.ShowAsync()).Should().Equal("a=2@20", "a=1@10", "b=1@5");
    }

    [Fact]
    public async Task A12_CancellingTheWaitForTheLogDoesNotUndoThePublication()
    {
        await using var fixture = await LogFixture.OpenAsync();
        using var hold = new Hold();
        using var cancel = new CancellationTokenSource();
        fixture.Disk.Fault = o =>
        {
            if (o.Kind == DiskOperationKind.Sync)
            {
                hold.PassAsync(default).GetAwaiter().GetResult();
            }
        };
        var commit = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable, cancel.Token).AsTask();
        await hold.Reached.Guarded();
        await cancel.CancelAsync();

        (await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => commit.Guarded())).Version.Should().Be((CommitVersion)10);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        hold.Release();
        await fixture.Store.WaitForDurableAsync(10).Guarded();
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task D3_EverythingComesBackAsItWas(StoreStorage storage)
    {
        ulong[] versions = [5, 10, 15, 20, 25, 30, 40];
        await using var fixture = await LogFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 100);
        var store = fixture.Store;
        await store.SetAsync(10, "a", "1");
        await store.SetAsync(30, "a", "3");
        await store.FlushAsync().Guarded();
        await store.SetAsync(20, "a", "late");
        await store.RemoveAsync(25, "a");
        await store.CommitAsync(new WriteBatch().Set("b", string.Empty).Set("c", "x").Remove("d"), 15).Guarded();
        await store.CommitAsync(new WriteBatch(), 40).Guarded();
        await store.CommitAsync(new WriteBatch().Drop(Bytes.Of("a")), 35, Durability.Durable).Guarded();
        var before = await fixture.ShowAsync(versions);

        await fixture.CrashAsync();

        (await fixture.ShowAsync(versions)).Should().Equal(before);
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(7);
        fixture.Store.GetStatistics().FlushedSequence.Should().Be(2);
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)40);
        await Assert.ThrowsAsync<DuplicateVersionException>(() => fixture.Store.SetAsync(20, "a", "again"));
        await fixture.Store.FlushAsync().Guarded();
        (await fixture.ShowAsync(versions)).Should().Equal(before);
        await fixture.ReopenAsync();
        (await fixture.ShowAsync(versions)).Should().Equal(before);
        await fixture.Store.ReclaimAsync().Guarded();
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("a", 34));
    }

    [Fact]
    public async Task D3_ReplayingAgainAndAgainGivesTheSame()
    {
        await using var fixture = await LogFixture.OpenAsync();
        for (ulong version = 1; version <= 20; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set($"k{version % 7}", $"{version}"), version, Durability.Durable).Guarded();
            if (version % 6 == 0)
            {
                await fixture.CrashAsync(PowerLoss.KeepsSome);
            }
        }

        var before = await fixture.ShowAsync();
        for (var i = 0; i < 3; i++)
        {
            await fixture.CrashAsync();
            (await fixture.ShowAsync()).Should().Equal(before);
        }

        await fixture.Store.FlushAsync().Guarded();
        await fixture.CrashAsync();
        (await fixture.ShowAsync()).Should().Equal(before);
    }

    [Theory]
    [InlineData(100_000, 10)]
    [InlineData(5, 3_000_000)]
    public async Task D3_ALargeCommitComesBackWhole(int deltas, int valueBytes)
    {
        await using var fixture = await LogFixture.OpenAsync();
        var batch = new WriteBatch();
        for (var i = 0; i < deltas; i++)
        {
            batch.Set(Bytes.Of((ulong)i), Bytes.OfLength(valueBytes, (byte)i));
        }

        // What a flush takes before the crash would not be replayed, and so much at once may ask for one.
        using var hold = fixture.Tier.HoldApplies();
        await fixture.Store.CommitAsync(batch, 7, Durability.Durable).Guarded();
        await fixture.CrashAsync();

        fixture.Store.GetStatistics().BufferedKeys.Should().Be(deltas);
        var last = await fixture.Store.GetAsync(Bytes.Of((ulong)deltas - 1), 7).Guarded();
        last!.Value.Value.Span.SequenceEqual(Bytes.OfLength(valueBytes, (byte)(deltas - 1))).Should().BeTrue();
    }

    [Fact]
    public async Task D3_ReplayingStaysWithinMemoryByFlushing()
    {
        const int Commits = 40;
        var progress = new List<CommitLogProgress>();
        await using var fixture = await LogFixture.OpenAsync(configure: o =>
        {
            o.Buffer.MemoryBudget = 0;
            o.Flush.MaxSliceBytes = 100_000;
            o.CommitLog.Progress = new ImmediateProgress(progress.Add);
        });
        for (ulong version = 1; version <= Commits; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(10_000)), version, Durability.Durable).Guarded();
        }

        progress.Clear();
        await fixture.CrashAsync();

        fixture.Tier.Applied.Count.Should().BeGreaterThan(2);
        fixture.Store.GetStatistics().UnflushedBytes.Should().BeLessThanOrEqualTo(110_000);
        progress.Count.Should().BeGreaterThan(3);
        progress[^1].Should().Be(new CommitLogProgress(Commits, Commits, Commits, Commits));
        (await fixture.Store.HistoryAllAsync()).Should().HaveCount(Commits);
    }

    [Fact]
    public async Task D4_AFailedSyncStopsTheStoreForWritingWithItsCause()
    {
        await using var fixture = await LogFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();
        var cause = new CommitLogException(TierFailure.InDoubt, "Injected.");
        fixture.Disk.Fault = o =>
        {
            if (o.Kind == DiskOperationKind.Sync)
            {
                throw cause;
            }
        };

        var first = await Assert.ThrowsAsync<StoreFailedException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded());
        var later = await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.SetAsync(30, "a", "3"));
        var flush = await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());

        new[] { first, later, flush }.Should().OnlyContain(e => e.InnerException == cause);
        (await fixture.Store.ReadAsync("a")).Should().Be("2@20", "what is in memory stays readable");
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task D6_WhatIsOnlyInTheLogStaysInMemory()
    {
        await using var fixture = await LogFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();

        fixture.Store.Evict(0).Should().Be(0);
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0).Should().BePositive();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task D6_NothingIsFlushedBeforeItIsInTheLog()
    {
        await using var fixture = await LogFixture.OpenAsync();
        using var hold = new Hold();
        fixture.Disk.Fault = o =>
        {
            if (o.Kind == DiskOperationKind.Write && o.Name != "mark")
            {
                hold.PassAsync(default).GetAwaiter().GetResult();
            }
        };
        await fixture.Store.SetAsync(10, "a", "1");
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();

        // A second request would find the first one applied, were it not waiting.
        var second = fixture.Store.FlushAsync().AsTask();
        fixture.Tier.Attempts.Should().Be(0);
        fixture.Store.Evict(0).Should().Be(0);
        hold.Release();
        await Task.WhenAll(flush, second).Guarded();
        fixture.Store.GetStatistics().Should().Match<StoreStatistics>(s => s.LoggedSequence == 1 && s.FlushedSequence == 1 && s.DurableSequence == 1);
    }

    [Fact]
    public async Task E1_TheFloorDoesNotPassWhatTheTierHas()
    {
        await using var fixture = await LogFixture.OpenAsync(configure: o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded();

        await fixture.Store.ReclaimAsync().Guarded();

        fixture.Store.DurableVersion.Should().Be((CommitVersion)20);
        fixture.Store.GetFloor().Should().Be((CommitVersion)10);
    }

    [Fact]
    public async Task D9_ClosingLeavesNothingToReplay()
    {
        await using var fixture = await LogFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.ReopenAsync();

        fixture.Store.GetStatistics().FlushedSequence.Should().Be(1);
        fixture.Messages.Entries.Should().NotContain(e => e.Id.Id == 1600);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        await fixture.Store.SetAsync(20, "a", "2");
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(2);
    }

    [Fact]
    public async Task D9_WhatClosingCouldNotFlushInTimeIsInTheLog()
    {
        await using var fixture = await LogFixture.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        await fixture.Store.SetAsync(10, "a", "1");
        var timer = fixture.Clock.TimerStartedAsync(due => due == TimeSpan.FromSeconds(30));
        var closing = fixture.Store.DisposeAsync().AsTask();
        await timer.Guarded();
        await hold.Reached.Guarded();
        fixture.Clock.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<FlushTimeoutException>(() => closing.Guarded());
        await fixture.CrashAsync(PowerLoss.KeepsAll);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task D8_ALogWithoutATierIsRefused()
        => await Assert.ThrowsAsync<InvalidOperationException>(
            () => new MvStoreBuilder().Configure(o => o.CommitLog.Directory = "log").OpenAsync().Guarded());

    [Fact]
    public async Task D8_ALogBeforeATierThatDoesNotSyncIsRefused()
    {
        var directory = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());
        var tier = new InMemoryTier { Capabilities = new TierCapabilities { Durability = TierDurability.Process } };

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => new MvStoreBuilder().Configure(o => o.CommitLog.Directory = directory).UsePersistentTier(tier).OpenAsync().Guarded());
        Directory.Exists(directory).Should().BeFalse();
    }

    [Fact]
    public async Task D3_WhatWasAcknowledgedIsReplayedPastLimitsThatAreLowerNow()
    {
        const int Length = 200_000;
        var isLower = false;
        await using var fixture = await LogFixture.OpenAsync(configure: o =>
        {
            o.Buffer.HardLimit = isLower ? BufferOptions.LeastHardLimit : null;
            o.Buffer.MaxValueLength = isLower ? Length - 1 : Length;
        });
        for (ulong version = 1; version <= 3; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(Length)), version, Durability.Durable).Guarded();
        }

        isLower = true;
        await fixture.CrashAsync();

        (await fixture.Store.HistoryAllAsync()).Should().HaveCount(3);
        fixture.Tier.Applied.Should().NotBeEmpty("memory was over its limit");
        await Assert.ThrowsAsync<CapacityExceededException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", new string('x', Length - 1)), 4).Guarded());
    }

    private sealed class ImmediateProgress(Action<CommitLogProgress> report) : IProgress<CommitLogProgress>
    {
        public void Report(CommitLogProgress value) => report(value);
    }
}
