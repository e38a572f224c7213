using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D7: what listeners and streams are told of flushes, and that they delay nobody.</summary>
public sealed class FlushListenerTests
{
    private const int QueueLength = 1_024;

    [Fact]
    public async Task D7_AFlushIsToldWithAllItsFigures()
    {
        var events = new FlushRecorder();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.AddFlushListener(events));
        await fixture.Store.CommitAsync(new WriteBatch().Set("key", "value").Remove("gone"), 30).Guarded();
        await fixture.Store.SetAsync(10, "key", "late");
        using var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        hold.Release();
        await flush.Guarded();

        var started = await events.NextAsync().Guarded();
        started.Should().Be(new FlushEvent
        {
            Number = 1,
            Stage = FlushStage.Started,
            Trigger = FlushTrigger.Request,
            FirstSequence = 1,
            LastSequence = 2,
            LowestVersion = 10,
            HighestVersion = 30,
            Commits = 2,
            Rows = 3,
            Bytes = "keyvalue".Length + "gone".Length + "keylate".Length,
            Attempt = 1,
            Duration = TimeSpan.Zero,
        });
        (await events.NextAsync().Guarded()).Should().Be(
            started with { Number = 2, Stage = FlushStage.Completed, Duration = TimeSpan.FromSeconds(3) });
    }

    [Fact]
    public async Task D7_AFailedAttemptIsToldAndTheNextOneCounted()
    {
        var events = new FlushRecorder();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.AddFlushListener(events));
        await fixture.Store.SetAsync(10, "a", "1");
        fixture.Tier.FailNextApplies(TierFailure.Transient, 2);
        var flush = fixture.Store.FlushAsync().AsTask();
        for (var pause = 1; pause <= 2; pause++)
        {
            await fixture.Clock.TimerStartedAsync(due => due <= TimeSpan.FromSeconds(1), pause).Guarded();
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await flush.Guarded();
        var told = new List<(long Number, FlushStage Stage, int Attempt, bool HasError)>();
        for (var i = 0; i < 6; i++)
        {
            var next = await events.NextAsync().Guarded();
            told.Add((next.Number, next.Stage, next.Attempt, next.Error is not null));
            next.Commits.Should().Be(1);
        }

        told.Should().Equal(
            (1, FlushStage.Started, 1, false),
            (2, FlushStage.Failed, 1, true),
            (3, FlushStage.Started, 2, false),
            (4, FlushStage.Failed, 2, true),
            (5, FlushStage.Started, 3, false),
            (6, FlushStage.Completed, 3, false));
    }

    [Fact]
    public async Task D7_ASlowListenerDelaysNeitherTheFlusherNorOtherListeners()
    {
        using var stuck = new StuckListener();
        var other = new FlushRecorder();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.AddFlushListener(stuck).AddFlushListener(other));
        for (ulong version = 1; version <= 20; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}"), version, Durability.Durable).Guarded();
            (await other.NextAsync(FlushStage.Completed).Guarded()).LastSequence.Should().Be(version);
        }

        await stuck.ReachedAsync(1).Guarded();
        stuck.Calls.Should().Be(1, "it is still in its first call");
        stuck.Release();
        await stuck.ReachedAsync(40).Guarded();
    }

    [Fact]
    public async Task D7_AThrowingListenerHarmsNobodyAndIsCalledAgain()
    {
        var throwing = new ThrowingListener();
        var other = new FlushRecorder();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.AddFlushListener(throwing).AddFlushListener(other));
        for (ulong version = 1; version <= 3; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}"), version, Durability.Durable).Guarded();
            await other.NextAsync(FlushStage.Completed).Guarded();
        }

        await fixture.Store.DisposeAsync().Guarded();
        throwing.Calls.Should().Be(6);
        fixture.Log.Entries.Count(entry => entry.Exception is InvalidTimeZoneException).Should().Be(6);
    }

    [Fact]
    public async Task D7_ASlowListenerMissesTheOldestEventsWhichShowsAsAGap()
    {
        using var stuck = new StuckListener();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.AddFlushListener(stuck));
        await FlushManyAsync(fixture.Store, 1);
        await stuck.ReachedAsync(1).Guarded();
        await FlushManyAsync(fixture.Store, QueueLength - 1, first: 2);
        stuck.Release();
        await fixture.Store.DisposeAsync().Guarded();

        // The first was in its hands, then 1,024 waited.
        var last = 2L * QueueLength;
        stuck.Numbers.Should().Equal(Enumerable.Range(0, QueueLength).Select(i => last - QueueLength + 1 + i).Prepend(1));
    }

    [Fact]
    public async Task D7_EventsCanBeReadAsAStreamFromTheCallOn()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "before"), 1, Durability.Durable).Guarded();
        var events = fixture.Store.FlushEventsAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 2, Durability.Durable).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 3, Durability.Durable).Guarded();
        await fixture.Store.DisposeAsync().Guarded();

        (await CollectAsync(events)).Select(e => (e.Number, e.Stage, e.LastSequence)).Should().Equal(
            (3, FlushStage.Started, 2UL), (4, FlushStage.Completed, 2UL), (5, FlushStage.Started, 3UL), (6, FlushStage.Completed, 3UL));
    }

    [Fact]
    public async Task D7_EveryStreamGetsEveryEvent()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var first = fixture.Store.FlushEventsAsync();
        var second = fixture.Store.FlushEventsAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 2, Durability.Durable).Guarded();
        await fixture.Store.DisposeAsync().Guarded();

        (await CollectAsync(first)).Should().HaveCount(2);
        (await CollectAsync(second)).Should().HaveCount(2);
    }

    [Fact]
    public async Task D7_AStreamNobodyReadsDelaysNobodyAndShowsAGap()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var events = fixture.Store.FlushEventsAsync();
        await FlushManyAsync(fixture.Store, QueueLength);
        await fixture.Store.DisposeAsync().Guarded();

        var last = 2L * QueueLength;
        (await CollectAsync(events)).Select(e => e.Number).Should().Equal(
            Enumerable.Range(0, QueueLength).Select(i => last - QueueLength + 1 + i));
    }

    [Fact]
    public async Task D7_AStreamEndsWhenItsReaderCancels()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var reading = CollectAsync(fixture.Store.FlushEventsAsync(cancellation.Token));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Guarded());
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 2, Durability.Durable).Guarded();
    }

    [Fact]
    public async Task D7_AStuckListenerHoldsUpDisposingNoLongerThanItsLimit()
    {
        using var stuck = new StuckListener();
        var limit = TimeSpan.FromSeconds(7);
        await using var fixture = await StoreFixture.OpenAsync(
            configure: o => o.Flush.DisposeTimeout = limit, build: b => b.AddFlushListener(stuck));
        await fixture.Store.SetAsync(10, "a", "1");
        var disposal = fixture.Store.DisposeAsync().AsTask();
        await fixture.Tier.Disposed.Guarded();
        fixture.Tier.Applied.Should().ContainSingle("everything was flushed before the listeners were waited for");
        await fixture.Clock.AdvanceUntilAsync(disposal, limit).Guarded();

        await disposal;
        fixture.Log.Entries.Should().Contain(entry => entry.Message.Contains(nameof(StuckListener), StringComparison.Ordinal));
    }

    [Fact]
    public async Task D7_AThrowingCommitListenerHarmsNobody()
    {
        var recorder = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.None, build: b => b.AddCommitListener(new ThrowingListener()).AddCommitListener(recorder));
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");

        (await recorder.TakeAsync(2).Guarded()).Select(commit => commit.Sequence).Should().Equal(1UL, 2UL);
    }

    private static async Task FlushManyAsync(IMultiVersionStore store, int count, int first = 1)
    {
        for (var i = 0; i < count; i++)
        {
            await store.CommitAsync(new WriteBatch(), (ulong)(first + i), Durability.Durable).Guarded();
        }
    }

    private static async Task<List<FlushEvent>> CollectAsync(IAsyncEnumerable<FlushEvent> events)
    {
        var collected = new List<FlushEvent>();
        await foreach (var next in events)
        {
            collected.Add(next);
        }

        return collected;
    }

    /// <summary>Does not return from its first call until it is released.</summary>
    private sealed class StuckListener : IFlushListener, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly List<long> _numbers = [];
        private readonly List<(int Calls, TaskCompletionSource Reached)> _waiters = [];

        public int Calls => Numbers.Count;

        public IReadOnlyList<long> Numbers
        {
            get
            {
                lock (_numbers)
                {
                    return [.. _numbers];
                }
            }
        }

        public void OnFlush(FlushEvent flushEvent)
        {
            lock (_numbers)
            {
                _numbers.Add(flushEvent.Number);
                _waiters.RemoveAll(waiter => _numbers.Count >= waiter.Calls && waiter.Reached.TrySetResult());
            }

            _released.Wait(Guards.Limit);
        }

        public Task ReachedAsync(int calls)
        {
            lock (_numbers)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_numbers.Count >= calls)
                {
                    reached.SetResult();
                }

                _waiters.Add((calls, reached));
                return reached.Task;
            }
        }

        public void Release() => _released.Set();

        public void Dispose() => Release();
    }

    private sealed class ThrowingListener : IFlushListener, ICommitListener
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public void OnFlush(FlushEvent flushEvent) => Throw();

        public void OnPublished(PublishedCommit commit) => Throw();

        private void Throw()
        {
            Interlocked.Increment(ref _calls);
            throw new InvalidTimeZoneException("An exception that nothing else throws.");
        }
    }
}
