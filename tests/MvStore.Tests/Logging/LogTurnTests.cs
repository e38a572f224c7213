using MvStore.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>Committers that write and sync themselves (I54, I55): when they do, whom they let go, and that nothing is lost whoever comes in between.</summary>
public sealed class LogTurnTests
{
    [Fact]
    public void A10_ALoneCommitterBringsItsCommitToDisk()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);

        run.Log.Durable.Bring(1);

        run.Log.Durable.Sequence.Should().Be(1);
        run.Disk.Operations.Should().Contain(o => o.Kind == DiskOperationKind.Sync);
        PowerLossCheck.Problem(run.Disk.AfterPowerLoss(PowerLoss.KeepsNone, new Random(1)), run.Tier, run.Published, 1).Should().BeNull();
        var operations = run.Disk.Operations.Count;
        run.Log.Durable.Bring(1);
        run.Disk.Operations.Count.Should().Be(operations, "it is there already");
    }

    [Fact]
    public void A10_WhoIsOnlyToBeLoggedWritesAndDoesNotSync()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);
        var before = run.Disk.Operations.Count;

        run.Log.Written.Bring(1);

        run.Log.Written.Sequence.Should().Be(1);
        run.Log.Durable.Sequence.Should().Be(0);
        run.Disk.Operations.Skip(before).Should().NotContain(o => o.Kind == DiskOperationKind.Sync);
    }

    [Fact]
    public void A10_WhoIsOnlyToBeLoggedLeavesTheSyncForOthersToTheWriter()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);
        var durable = run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        run.Publish(values: 1, valueBytes: 10);

        run.Log.Written.Bring(2);

        run.Log.Written.Sequence.Should().Be(0);
        run.Step();
        durable.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public void A10_ALeaderLetsGoWhoWaits_AndLeavesTheCrowdToTheWriter()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);
        var waiting = run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        run.Publish(values: 1, valueBytes: 10);

        run.Log.Durable.Bring(2);

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        run.Log.Writer.LastWoken.Should().Be(2);
        run.Publish(values: 1, valueBytes: 10);
        run.Log.Durable.Bring(3);
        run.Log.Durable.Sequence.Should().Be(2, "who leads after a crowd syncs for himself alone");
        var alone = run.Log.Durable.WaitAsync(3, 3, default).AsTask();
        run.Step();
        alone.IsCompletedSuccessfully.Should().BeTrue();
        run.Publish(values: 1, valueBytes: 10);
        run.Log.Durable.Bring(4);
        run.Log.Durable.Sequence.Should().Be(4, "the crowd is gone");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A10_WhoeverComesAtAnyOperationOfALeaderIsNotForgotten(bool wouldLead)
    {
        var last = OperationsOfScript();
        for (var at = 0; at < last; at++)
        {
            var disk = new SimulatedDisk();
            using var run = new LogHarness(disk);
            var opening = disk.Operations.Count;
            Task<CommitReceipt>? other = null;
            disk.Fault = _ =>
            {
                if (other is null && disk.Operations.Count == opening + at)
                {
                    run.Publish(values: 1, valueBytes: 700);
                    var sequence = run.Sequence;
                    if (wouldLead)
                    {
                        run.Log.Durable.Bring(sequence);
                    }

                    other = run.Log.Durable.WaitAsync(sequence, sequence, default).AsTask();
                }
            };

            Script(run);
            disk.Fault = null;
            run.Step();

            other!.IsCompletedSuccessfully.Should().BeTrue("it came at operation {0}", at);
            PowerLossCheck.Every(run, seeds: 1).Bad.Should().BeEmpty("another came at operation {0}", at);
        }
    }

    [Fact]
    public async Task A10_CommitReturnsWithWhatItWasAskedFor()
    {
        await using var fixture = await LogFixture.OpenAsync();
        for (ulong version = 1; version <= 30; version++)
        {
            var durability = (Durability)(version % 3);
            var receipt = fixture.Store.Commit(new WriteBatch().Set("a", $"{version}"), version, durability);

            receipt.Should().Be(new CommitReceipt(version, version));
            var statistics = fixture.Store.GetStatistics();
            (durability == Durability.Buffered || statistics.LoggedSequence >= version).Should().BeTrue();
            (durability != Durability.Durable || statistics.DurableSequence >= version).Should().BeTrue();
        }

        (await fixture.Store.ReadAsync("a")).Should().Be("30@30");
        await fixture.CrashAsync(PowerLoss.KeepsNone);
        (await fixture.Store.ReadAsync("a")).Should().BeOneOf("29@29", "30@30");
    }

    [Fact]
    public async Task A10_WhoCommitsBesideALeaderSharesTheNextSync()
    {
        await using var fixture = await LogFixture.OpenAsync();
        using var gate = new SyncGate(fixture.Disk);
        var leader = Task.Run(() => fixture.Store.Commit(new WriteBatch().Set("a", "1"), 1, Durability.Durable));
        await gate.Reached.Guarded();

        var others = Enumerable.Range(2, 5).Select(v => fixture.Store.CommitAsync(new WriteBatch().Set($"k{v}", "1"), (ulong)v, Durability.Durable).AsTask()).ToArray();
        others.Should().OnlyContain(o => !o.IsCompleted);
        var before = gate.Syncs;
        gate.Open();

        await leader.Guarded();
        await Task.WhenAll(others).Guarded();
        (gate.Syncs - before).Should().BeLessThanOrEqualTo(2);
        fixture.Store.DurableVersion.Should().Be((CommitVersion)6);
    }

    [Fact]
    public async Task D9_ClosingWaitsForALeader()
    {
        await using var fixture = await LogFixture.OpenAsync();
        using var gate = new SyncGate(fixture.Disk);
        var leader = Task.Run(() => fixture.Store.Commit(new WriteBatch().Set("a", "1"), 1, Durability.Durable));
        await gate.Reached.Guarded();

        var closing = fixture.Store.DisposeAsync().AsTask();
        closing.IsCompleted.Should().BeFalse();
        gate.Open();

        (await leader.Guarded()).Should().Be(new CommitReceipt(1, 1));
        await closing.Guarded();
    }

    [Fact]
    public async Task D9_NobodyLeadsOnceTheWriterHasEnded()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Log.Start();
        await run.Log.StopAsync().Guarded();
        var before = run.Disk.Operations.Count;
        run.Publish(values: 1, valueBytes: 10);

        run.Log.Durable.Bring(1);

        run.Disk.Operations.Count.Should().Be(before, "the files may be closed");
        run.Log.Durable.Sequence.Should().Be(0);
    }

    [Fact]
    public async Task A12_WhoMayBeCancelledDoesNotLead()
    {
        await using var fixture = await LogFixture.OpenAsync();
        using var gate = new SyncGate(fixture.Disk);
        using var cancel = new CancellationTokenSource();
        var commit = Task.Run(() => fixture.Store.Commit(new WriteBatch().Set("a", "1"), 1, Durability.Durable, cancel.Token));
        await gate.Reached.Guarded();

        await cancel.CancelAsync();

        await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => commit.Guarded());
        gate.Open();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@1");
    }

    [Fact]
    public async Task D4_ALeaderWhoseSyncFailsThrowsTheCauseAndStopsTheStore()
    {
        await using var fixture = await LogFixture.OpenAsync();
        fixture.Disk.Fault = operation =>
        {
            if (operation.Kind == DiskOperationKind.Sync)
            {
                throw new CommitLogException(TierFailure.InDoubt, "Injected: no sync.");
            }
        };

        var commit = () => fixture.Store.Commit(new WriteBatch().Set("a", "1"), 1, Durability.Durable);

        commit.Should().Throw<StoreFailedException>().WithInnerException<CommitLogException>();
        commit.Should().Throw<StoreFailedException>("it has stopped for writing");
        (await fixture.Store.ReadAsync("a")).Should().Be("1@1", "what is in memory stays readable");
        fixture.Disk.Fault = null;
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().BeNull("nobody was told that it is on disk");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task D4_ALeadersFailureIsToldToEveryoneWhoWaits(bool syncs)
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);
        var logged = run.Log.Written.WaitAsync(1, 1, default).AsTask();
        var durable = run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        run.Publish(values: 1, valueBytes: 10);
        var flusher = run.Log.Barrier.ReachAsync(0, last: 3, default).AsTask();
        run.Disk.Fault = operation =>
        {
            if (operation.Kind == (syncs ? DiskOperationKind.Sync : DiskOperationKind.Write))
            {
                throw new CommitLogException(TierFailure.InDoubt, "Injected.");
            }
        };

        run.Log.Durable.Bring(2);

        await Assert.ThrowsAsync<StoreFailedException>(() => durable.Guarded());
        await Assert.ThrowsAsync<StoreFailedException>(() => flusher.Guarded());
        if (syncs)
        {
            (await logged.Guarded()).Should().Be(new CommitReceipt(1, 1), "it was written before the sync failed");
        }
        else
        {
            await Assert.ThrowsAsync<StoreFailedException>(() => logged.Guarded());
        }

        run.Failure.Cause.Should().BeOfType<CommitLogException>();
    }

    [Fact]
    public async Task I54_TheWritersThreadWaitsForTheTurn()
    {
        // Far more than it takes a thread that does not wait.
        const int Looks = 5_000;
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);
        var durable = run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        var turn = new LogTurn(run.Log.Writer);
        var signal = new LogSignal();
        var loop = new LogLoop(run.Log.Writer, turn, signal, TimeProvider.System);
        var looks = 0;
        turn.Begin().Should().BeTrue();
        try
        {
            signal.Raise();
            loop.Start();
            for (; looks < Looks && !durable.IsCompleted; looks++)
            {
                Thread.SpinWait(50);
                Thread.Yield();
            }
        }
        finally
        {
            turn.End(isOver: false);
        }

        looks.Should().Be(Looks, "a step is taken by who has the turn");
        (await durable.Guarded()).Should().Be(new CommitReceipt(1, 1));
        loop.RequestEnd();
        await loop.Completion.Guarded();
    }

    [Fact]
    public async Task A10_ManyThreadsThatBlockAreAllOnDiskWhenTheyReturn()
    {
        const int Threads = 4;
        const int PerThread = 100;
        await using var fixture = await LogFixture.OpenAsync();
        await Crowd.RunAsync([.. Enumerable.Range(0, Threads).Select<int, Func<Task>>(thread => () => Task.Run(() => Commit(thread)))]);
        await fixture.CrashAsync(PowerLoss.KeepsNone);
        (await fixture.Store.HistoryAllAsync()).Should().HaveCount(Threads * PerThread);

        void Commit(int thread)
        {
            for (var i = 0; i < PerThread; i++)
            {
                var version = (ulong)((i * Threads) + thread + 1);
                var receipt = fixture.Store.Commit(new WriteBatch().Set($"{thread}/{i}", "1"), version, Durability.Durable);
                fixture.Store.GetStatistics().DurableSequence.Should().BeGreaterThanOrEqualTo(receipt.Sequence);
            }
        }
    }

    private static void Script(LogHarness run)
    {
        run.Publish(values: 2, valueBytes: 900);
        run.Log.Durable.Bring(run.Sequence);
        run.Publish(values: 1, valueBytes: 20_000);
        run.Log.Durable.Bring(run.Sequence);
        run.Publish(values: 1, valueBytes: 10);
        run.Log.Durable.Bring(run.Sequence);
    }

    private static int OperationsOfScript()
    {
        using var run = new LogHarness(new SimulatedDisk());
        var before = run.Disk.Operations.Count;
        Script(run);
        return run.Disk.Operations.Count - before;
    }

    /// <summary>Stops the first sync of a disk until it is let go, and counts them.</summary>
    private sealed class SyncGate : IDisposable
    {
        private readonly SimulatedDisk _disk;
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _syncs;

        public SyncGate(SimulatedDisk disk)
        {
            _disk = disk;
            disk.Fault = Pass;
        }

        public Task Reached => _reached.Task;

        public int Syncs => Volatile.Read(ref _syncs);

        public void Open() => _open.TrySetResult();

        public void Dispose()
        {
            Open();
            _disk.Fault = null;
        }

        private void Pass(DiskOperation operation)
        {
            if (operation.Kind == DiskOperationKind.Sync)
            {
                Interlocked.Increment(ref _syncs);
                _reached.TrySetResult();
                _open.Task.GetAwaiter().GetResult();
            }
        }
    }
}
