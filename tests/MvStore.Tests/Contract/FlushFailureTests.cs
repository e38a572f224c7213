using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D4: a failed flush loses nothing, transient errors are retried with backoff, and any other stops the store for writing.</summary>
public sealed class FlushFailureTests
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(70);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMilliseconds(500);

    public static TheoryData<TierFailure> FinalFailures { get; } = [TierFailure.InDoubt, TierFailure.Damaged, TierFailure.Fatal];

    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task D4_DataOfAFailedFlushStaysReadableAndIsWrittenLater(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10).Guarded();
        fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
        var flush = fixture.Store.FlushAsync().AsTask();
        await PausedAsync(fixture, 1);
        await fixture.Store.SetAsync(20, "a", "2");
        fixture.Store.Evict(0).Should().Be(0, "nothing is durable");

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=1@10");
        flush.IsCompleted.Should().BeFalse();
        fixture.Store.DurableVersion.Should().Be(CommitVersion.Zero);

        fixture.Clock.Advance(RetryDelay);
        await flush.Guarded();
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=1@10");
        await fixture.CrashAsync();
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=1@10");
    }

    [Fact]
    public async Task D4_TransientFailuresAreRetriedWithGrowingPausesUpToALimit()
    {
        await using var fixture = await OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        fixture.Tier.FailNextApplies(TierFailure.Transient, 6);
        var flush = fixture.Store.FlushAsync().AsTask();
        TimeSpan[] pauses = [RetryDelay, RetryDelay * 2, RetryDelay * 4, MaxRetryDelay, MaxRetryDelay, MaxRetryDelay];
        for (var attempt = 1; attempt <= pauses.Length; attempt++)
        {
            await PausedAsync(fixture, attempt);
            fixture.Tier.Attempts.Should().Be(attempt);
            fixture.Clock.DueTimes[^1].Should().Be(pauses[attempt - 1]);
            fixture.Clock.Advance(pauses[attempt - 1] - TimeSpan.FromTicks(1));
            flush.IsCompleted.Should().BeFalse();
            fixture.Clock.Advance(TimeSpan.FromTicks(1));
        }

        await flush.Guarded();
        fixture.Tier.Attempts.Should().Be(pauses.Length + 1);
        fixture.Tier.Applied.Should().ContainSingle();
    }

    [Fact]
    public async Task D4_ThePauseBeginsAnewForTheNextFailure()
    {
        await using var fixture = await OpenAsync();
        for (ulong round = 1; round <= 2; round++)
        {
            fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
            var commit = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), round, Durability.Durable).AsTask();
            await PausedAsync(fixture, (int)round);
            fixture.Clock.DueTimes[^1].Should().Be(RetryDelay);
            fixture.Clock.Advance(RetryDelay);
            await commit.Guarded();
        }
    }

    [Fact]
    public async Task D4_TheSameSliceIsTriedAgainAndAppliedOnce()
    {
        await using var fixture = await OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
        var flush = fixture.Store.FlushAsync().AsTask();
        await PausedAsync(fixture, 1);
        await fixture.Store.SetAsync(20, "a", "2");
        fixture.Clock.Advance(RetryDelay);
        await flush.Guarded();
        await fixture.Store.FlushAsync().Guarded();

        fixture.Tier.Applied.Select(slice => (slice.PreviousSequence, slice.Sequence)).Should().Equal((0UL, 1UL), (1UL, 2UL));
    }

    [Fact]
    public async Task D4_WhatWasCopiedAheadOfAFailedSliceIsWrittenBehindItInOrder()
    {
        await using var fixture = await OpenAsync(configure: o => o.Flush.MaxSliceBytes = 1);
        for (ulong version = 1; version <= 4; version++)
        {
            await fixture.Store.SetAsync(version * 10, $"key{version % 3}", $"{version}");
        }

        fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
        var flush = fixture.Store.FlushAsync().AsTask();
        await PausedAsync(fixture, 1);
        fixture.Store.GetStatistics().DurableSequence.Should().Be(0);
        fixture.Store.Evict(0).Should().Be(0, "nothing is durable");
        fixture.Clock.Advance(RetryDelay);
        await flush.Guarded();

        fixture.Tier.Applied.Select(slice => (slice.PreviousSequence, slice.Sequence)).Should().Equal((0UL, 1UL), (1UL, 2UL), (2UL, 3UL), (3UL, 4UL));
        fixture.Store.Evict(0);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("key0=3@30", "key1=4@40", "key1=1@10", "key2=2@20");
    }

    [Fact]
    public async Task I9_WhatWasCopiedAheadOfASliceThatFailsForGoodIsThrownAway()
    {
        await using var fixture = await OpenAsync(configure: o => o.Flush.MaxSliceBytes = 1);
        fixture.LosesCommits = true;
        for (ulong version = 1; version <= 3; version++)
        {
            await fixture.Store.SetAsync(version * 10, $"key{version}", $"{version}");
        }

        fixture.Tier.FailNextApplies(new PersistentTierException(TierFailure.InDoubt, "The sync failed."));
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());

        fixture.Tier.Attempts.Should().Be(1);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("key1=1@10", "key2=2@20", "key3=3@30");
        fixture.Store.GetStatistics().UnflushedCommits.Should().Be(3);
    }

    [Fact]
    public async Task D4_ListenersAndCancelledWaitersLearnOfTheFailure()
    {
        var events = new FlushRecorder();
        await using var fixture = await OpenAsync(build: b => b.AddFlushListener(events));
        await fixture.Store.SetAsync(10, "a", "1");
        var cause = new PersistentTierException(TierFailure.Transient, "The disk is full.");
        fixture.Tier.FailNextApplies(cause);
        using var cancellation = new CancellationTokenSource();
        var wait = fixture.Store.WaitForDurableAsync(10, cancellation.Token).AsTask();
        await PausedAsync(fixture, 1);
        await cancellation.CancelAsync();

        (await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => wait.Guarded())).InnerException.Should().BeSameAs(cause);
        var failed = await events.NextAsync(FlushStage.Failed).Guarded();
        failed.Error.Should().BeSameAs(cause);
        failed.Attempt.Should().Be(1);

        fixture.Clock.Advance(RetryDelay);
        var completed = await events.NextAsync(FlushStage.Completed).Guarded();
        completed.Attempt.Should().Be(2);
        completed.Error.Should().BeNull();
        fixture.Log.Entries.Should().Contain(entry => entry.Exception == cause);
    }

    [Theory]
    [MemberData(nameof(FinalFailures))]
    public async Task D4_AnyOtherFailureStopsTheStoreForWriting(TierFailure failure)
    {
        await using var fixture = await OpenAsync();
        fixture.LosesCommits = true;
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "durable"), 5, Durability.Durable).Guarded();
        await fixture.Store.SetAsync(10, "b", "buffered");
        var cause = new PersistentTierException(failure, "The sync failed.");
        fixture.Tier.FailNextApplies(cause, new PersistentTierException(failure, "Another failure."));

        var commit = fixture.Store.CommitAsync(new WriteBatch().Set("c", "waits"), 20, Durability.Durable).AsTask();
        await AssertFailedAsync(() => commit);
        await AssertFailedAsync(() => fixture.Store.CommitAsync(new WriteBatch().Set("a", "x"), 30).AsTask());
        await AssertFailedAsync(() => fixture.Store.CommitAsync(new WriteBatch().Set("a", "x"), 7).AsTask());
        await AssertFailedAsync(() => fixture.Store.CommitAsync(new WriteBatch(), 30, Durability.Durable).AsTask());
        await AssertFailedAsync(() => fixture.Store.WaitForDurableAsync(10).AsTask());
        await AssertFailedAsync(() => fixture.Store.WaitForDurableAsync(CommitVersion.Latest).AsTask());
        await AssertFailedAsync(() => fixture.Store.FlushAsync().AsTask());
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        fixture.Tier.Attempts.Should().Be(2, "nothing is tried again");

        // What is in memory stays readable, and nothing of it may leave.
        fixture.Store.Evict(0);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=durable@5", "b=buffered@10", "c=waits@20");
        (await fixture.Store.ReadAsync("c")).Should().Be("waits@20");
        using (var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest))
        {
            (await snapshot.ScanAllAsync()).Should().Equal("a=durable@5", "b=buffered@10", "c=waits@20");
        }

        async Task AssertFailedAsync(Func<Task> act)
            => (await Assert.ThrowsAsync<StoreFailedException>(() => act().Guarded())).InnerException.Should().BeSameAs(cause);
    }

    [Fact]
    public async Task D4_EvenAWaitForWhatIsDurableThrowsTheFirstCause()
    {
        await using var fixture = await OpenAsync();
        fixture.LosesCommits = true;
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 5, Durability.Durable).Guarded();
        var cause = new PersistentTierException(TierFailure.InDoubt, "The sync failed.");
        fixture.Tier.FailNextApplies(cause);
        await fixture.Store.SetAsync(10, "a", "2");
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());

        var error = await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.WaitForDurableAsync(5).Guarded());

        error.InnerException.Should().BeSameAs(cause);
    }

    [Fact]
    public async Task D4_AFailureOfAKindNobodyExpectsStopsTheStoreToo()
    {
        await using var fixture = await OpenAsync();
        fixture.LosesCommits = true;
        var cause = new InvalidOperationException("A defect of the tier.");
        fixture.Tier.FailNextApplies(cause);

        var error = await Assert.ThrowsAsync<StoreFailedException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded());

        error.InnerException.Should().BeSameAs(cause);
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.SetAsync(20, "a", "2"));
    }

    [Theory]
    [MemberData(nameof(FinalFailures))]
    public async Task D4_EveryWaiterLearnsOfTheFailure(TierFailure failure)
    {
        await using var fixture = await OpenAsync();
        fixture.LosesCommits = true;
        using var hold = fixture.Tier.HoldApplies();
        var cause = new PersistentTierException(failure, "The sync failed.");
        fixture.Tier.FailNextApplies(cause);
        var waiters = new List<Task>();
        for (ulong version = 1; version <= 5; version++)
        {
            waiters.Add(fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), version, Durability.Durable).AsTask());
            waiters.Add(fixture.Store.WaitForDurableAsync(version).AsTask());
        }

        await hold.Reached.Guarded();
        hold.Release();

        foreach (var waiter in waiters)
        {
            (await Assert.ThrowsAsync<StoreFailedException>(() => waiter.Guarded())).InnerException.Should().BeSameAs(cause);
        }
    }

    [Theory]
    [MemberData(nameof(FinalFailures))]
    public async Task D4_TheFailureIsAnEventAndIsLogged(TierFailure failure)
    {
        var events = new FlushRecorder();
        await using var fixture = await OpenAsync(build: b => b.AddFlushListener(events));
        fixture.LosesCommits = true;
        var cause = new PersistentTierException(failure, "The sync failed.");
        fixture.Tier.FailNextApplies(cause);
        await fixture.Store.SetAsync(10, "a", "1");
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());

        (await events.NextAsync(FlushStage.Failed).Guarded()).Error.Should().BeSameAs(cause);
        fixture.Log.Entries.Should().Contain(entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Critical && entry.Exception == cause);
    }

    [Fact]
    public async Task D4_AnUnknownOutcomeIsDecidedByReopening()
    {
        await using var fixture = await OpenAsync();
        fixture.LosesCommits = true;
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();
        fixture.Tier.FailNextApplyAfterWriting(new PersistentTierException(TierFailure.InDoubt, "The sync failed."));
        await Assert.ThrowsAsync<StoreFailedException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2"), 20, Durability.Durable).Guarded());

        await fixture.CrashAsync();

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=2@20");
        fixture.Store.GetStatistics().DurableSequence.Should().Be(2);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "3"), 30, Durability.Durable).Guarded();
    }

    [Fact]
    public async Task D4_AFinalFailureOfReclamationStopsTheStoreForWriting()
    {
        var interval = TimeSpan.FromSeconds(5);
        await using var fixture = await OpenAsync(configure: o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.GarbageCollection.Interval = interval;
        });
        fixture.LosesCommits = true;
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();
        await fixture.Store.SetAsync(20, "a", "2");
        var cause = new PersistentTierException(TierFailure.Damaged, "A page is damaged.");
        fixture.Tier.FailReclaims(cause);
        var logged = fixture.Log.EntryAsync(entry => entry.Exception == cause);
        await fixture.Clock.TimerStartedAsync(due => due == interval).Guarded();
        fixture.Clock.Advance(interval);
        await logged.Guarded();

        foreach (var act in (Func<Task>[])[() => fixture.Store.SetAsync(30, "a", "3"), () => fixture.Store.FlushAsync().AsTask()])
        {
            (await Assert.ThrowsAsync<StoreFailedException>(() => act().Guarded())).InnerException.Should().BeSameAs(cause);
        }

        (await fixture.Store.ReadAsync("a")).Should().Be("2@20");
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.DisposeAsync().Guarded());
        fixture.Tier.Attempts.Should().Be(1, "nothing is written after the failure");
    }

    private static Task<StoreFixture> OpenAsync(
        StoreStorage storage = StoreStorage.InMemory, Action<MvStoreOptions>? configure = null, Action<MvStoreBuilder>? build = null)
        => StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.Flush.RetryDelay = RetryDelay;
                o.Flush.MaxRetryDelay = MaxRetryDelay;
                configure?.Invoke(o);
            },
            build);

    /// <summary>Completes when the flusher pauses for the so-manyth time. Nothing else in these tests starts a timer this short.</summary>
    private static Task PausedAsync(StoreFixture fixture, int pauses)
        => fixture.Clock.TimerStartedAsync(due => due <= MaxRetryDelay, pauses).Guarded();
}
