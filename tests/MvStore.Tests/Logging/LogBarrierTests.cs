using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>The flusher and the log: what the log has may be flushed (I14), and what was flushed the log need not keep, nor anybody wait for (I17).</summary>
public sealed class LogBarrierTests
{
    [Fact]
    public async Task I17_WhatTheTierHasIsDurableThoughTheLogWasNotSynced()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 10);
        run.Publish(values: 1, valueBytes: 10);
        run.Step();
        run.Log.Durable.Sequence.Should().Be(0, "nobody waited for the disk");
        var waiting = run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        var behind = run.Log.Durable.WaitAsync(2, 2, default).AsTask();

        run.Flush(behind: 1);

        (await waiting.Guarded()).Sequence.Should().Be(1);
        behind.IsCompleted.Should().BeFalse();
        (run.Log.Durable.Sequence, run.Log.Durable.Version.Value).Should().Be((1UL, 1UL));
        run.Step();
        (await behind.Guarded()).Sequence.Should().Be(2);
        run.Flush(behind: 1);
        run.Log.Durable.Sequence.Should().Be(2, "the log is ahead of the tier again");
    }

    [Fact]
    public void D5_TheRoomThatAFlushMakesIsToldAtOnce()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Log.Room.UsedBytes.Should().Be(0);
        while (run.Log.Room.UsedBytes < 2 * LogHarness.SegmentBytes)
        {
            run.Sequence.Should().BeLessThan(50, "a segment that is full counts as soon as the next one is begun");
            run.Publish(values: 4, valueBytes: 900);
            run.Step();
        }

        run.Flush();
        run.Log.Room.UsedBytes.Should().Be(0);
    }

    [Fact]
    public async Task I14_AStalledLogLetsTheFlusherGoOnWithWhatItHasAndWithNothingElse()
    {
        using var run = new LogHarness(new SimulatedDisk());
        var reason = new CommitLogException(TierFailure.Transient, "Injected: no space left.");
        run.Publish(values: 1, valueBytes: 10);
        run.Step();
        run.Publish(values: 1, valueBytes: 10);
        var reach = run.Log.Barrier.ReachAsync(flushed: 0, last: 2, default).AsTask();
        reach.IsCompleted.Should().BeFalse("the log goes on");

        run.Log.Barrier.SetStalled(reason);
        (await reach.Guarded()).Should().Be(1);
        run.Log.Room.Obstacle.Should().BeSameAs(reason);
        run.Log.Durable.LastFailure.Should().BeSameAs(reason);
        run.Log.Barrier.Release(1);

        // The tier has all of it: there is nothing to begin with until the log goes on.
        reach = run.Log.Barrier.ReachAsync(flushed: 1, last: 2, default).AsTask();
        reach.IsCompleted.Should().BeFalse();
        run.Log.Barrier.SetStalled(null);
        run.Log.Room.Obstacle.Should().BeNull();
        run.Step();
        (await reach.Guarded()).Should().Be(2);
    }
}
