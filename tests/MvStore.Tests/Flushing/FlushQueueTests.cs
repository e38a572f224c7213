using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>Contract D2: which of the triggers that were raised stand when the flusher looks.</summary>
public sealed class FlushQueueTests : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);
    private static readonly TriggerSet EverythingMeasured = new(FlushTrigger.Bytes, FlushTrigger.Entries, FlushTrigger.Age);

    private readonly ManualClock _clock = new();
    private readonly FlushSignal _signal = new();
    private readonly FlushQueue _queue;
    private readonly DurableMark _mark;
    private ulong _sequence;

    public FlushQueueTests()
    {
        _queue = new FlushQueue(new FlushOptions { MaxBytes = 10, MaxEntries = 2, MaxAge = MaxAge }, _signal, _clock);
        _mark = new DurableMark(new TierState(0, CommitVersion.Zero, FloorSet.None), _queue, _signal, new FailureLatch());
    }

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void D2_WhatIsMeasuredIsNotDueWhenNothingWaits()
        => _queue.TakeDue(EverythingMeasured).Should().BeNull();

    [Theory]
    [InlineData(FlushTrigger.Request)]
    [InlineData(FlushTrigger.Dispose)]
    public void D2_ARequestAndDisposalStandWhateverWaits(FlushTrigger trigger)
    {
        _queue.TakeDue(new TriggerSet(trigger)).Should().Be(new DueFlush(trigger, 0));
        Add(bytes: 1);
        _queue.TakeDue(EverythingMeasured.With(trigger)).Should().Be(new DueFlush(trigger, 1));
    }

    [Theory]
    [InlineData(9, 0, null)]
    [InlineData(10, 0, FlushTrigger.Bytes)]
    [InlineData(5, 1, FlushTrigger.Entries)]
    [InlineData(9, 1, FlushTrigger.Bytes)]
    public void D2_TheMostPressingThatIsDueNamesTheFlush(int first, int second, FlushTrigger? expected)
    {
        Add(first);
        if (second > 0)
        {
            Add(second);
        }

        _queue.TakeDue(EverythingMeasured)
            .Should().Be(expected is { } trigger ? new DueFlush(trigger, _sequence) : default(DueFlush?));
    }

    [Fact]
    public void D2_OnlyWhatWasRaisedIsLookedAt()
    {
        Add(bytes: 10);
        _queue.TakeDue(new TriggerSet(FlushTrigger.Entries, FlushTrigger.Age)).Should().BeNull();
    }

    [Fact]
    public void D2_DropsCountAsDeltas()
    {
        Add(bytes: 1, entries: 0, drops: 1);
        _queue.TakeDue(EverythingMeasured).Should().BeNull();
        Add(bytes: 1, entries: 0, drops: 1);
        _queue.TakeDue(EverythingMeasured).Should().Be(new DueFlush(FlushTrigger.Entries, 2));
        _queue.Remove(_queue.Peek(0, last: 1)!, _mark);
        _queue.TakeDue(EverythingMeasured).Should().BeNull();
    }

    [Fact]
    public void D5_WhatWaitsIsCountedWithTheCopiesThatAreMadeNext()
    {
        using var queue = new FlushQueue(new FlushOptions(), _signal, _clock, memoryLimit: 1 << 20);
        queue.HeldBytes.Should().Be(0);
        var commit = new PreparedCommit(1, [], entryCount: 2, dropCount: 0) { Bytes = 10_000 };
        commit.Stamp(1);
        queue.Add(commit);
        queue.HeldBytes.Should().Be(commit.HeldBytes + 10_000);
        queue.CopiedBytes = 30_000;
        queue.HeldBytes.Should().Be(commit.HeldBytes + 30_000);
        queue.CopiedBytes = 0;

        var large = new PreparedCommit(2, [], entryCount: 1, dropCount: 0) { Bytes = 1 << 20 };
        large.Stamp(2);
        queue.Add(large);
        queue.HeldBytes.Should().Be(commit.HeldBytes + large.HeldBytes + (1 << 18), "a slice takes a quarter of the limit");
        queue.Peek(0)!.Commits.Should().ContainSingle();
        queue.PeekBehind(queue.Peek(0)!, 2).Should().BeNull("two slices have no room beside each other");
        queue.Remove(queue.Peek(0)!, _mark);
        queue.Remove(queue.Peek(0)!, _mark);
        queue.HeldBytes.Should().Be(0);
    }

    [Fact]
    public void D2_WhatAFlushTookIsNotCountedAgain()
    {
        Add(bytes: 10);
        var slice = _queue.Peek(0)!;
        Add(bytes: 1);
        _queue.Remove(slice, _mark);

        _queue.TakeDue(EverythingMeasured).Should().BeNull("one byte waits");
    }

    [Fact]
    public async Task D2_AnAgeThatIsNotDueStartsTheTimerAgainForTheRest()
    {
        Add(bytes: 1);
        _clock.Advance(MaxAge * 0.7);

        // As if the timer had been early.
        _queue.TakeDue(new TriggerSet(FlushTrigger.Age)).Should().BeNull();
        _clock.DueTimes.Should().Equal(MaxAge, MaxAge * 0.3);

        _clock.Advance(MaxAge * 0.3);
        var raised = await _signal.NextAsync().Guarded();
        raised.Should().Be(new TriggerSet(FlushTrigger.Age));
        _queue.TakeDue(raised!.Value).Should().Be(new DueFlush(FlushTrigger.Age, 1));
    }

    [Fact]
    public void D2_AnAgeThatIsNotDueStartsTheTimerAgainAlsoWhenAnotherTriggerStands()
    {
        Add(bytes: 10);
        _clock.Advance(MaxAge * 0.7);
        _queue.TakeDue(EverythingMeasured)!.Value.Trigger.Should().Be(FlushTrigger.Bytes);
        _clock.DueTimes.Should().Equal(MaxAge, MaxAge * 0.3);
    }

    [Fact]
    public void D2_TheTimerIsNeverStartedForLessThanItCanCount()
    {
        // Timers cut off what is below a millisecond: started for less, one would be early again at once, and again.
        Add(bytes: 1);
        _clock.Advance(MaxAge - TimeSpan.FromTicks(1));
        _queue.TakeDue(new TriggerSet(FlushTrigger.Age)).Should().BeNull();
        _clock.DueTimes[^1].Should().Be(TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void I37_TheDurableVersionOfASliceStopsBelowWhatStillWaitsBehindIt()
    {
        ulong[] versions = [5, 9, 7, 6, 8, 20];
        foreach (var version in versions)
        {
            var commit = new PreparedCommit(version, [], 1, 0) { Bytes = 1 };
            commit.Stamp(++_sequence);
            _queue.Add(commit);
        }

        // Up to each publication: what is highest, unless something lower waits behind.
        ulong[] expected = [5, 5, 5, 7, 9, 20];
        for (var last = 1; last <= versions.Length; last++)
        {
            _queue.DurableVersionOnceWritten(_queue.Peek(0, (ulong)last)!, 3).Value.Should().Be(expected[last - 1], "up to {0}", last);
        }

        _queue.DurableVersionOnceWritten(_queue.Peek(0, 2)!, 30).Value.Should().Be(5);
        _queue.DurableVersionOnceWritten(_queue.Peek(0, 6)!, 30).Value.Should().Be(30, "that is on disk already");
    }

    [Fact]
    public void A5_AVersionOfWhichAPartStillWaitsIsNotDurable()
    {
        // The same version twice, of different keys.
        foreach (var version in (ulong[])[5, 7, 7])
        {
            var commit = new PreparedCommit(version, [], 1, 0) { Bytes = 1 };
            commit.Stamp(++_sequence);
            _queue.Add(commit);
        }

        var slice = _queue.Peek(0, last: 2)!;
        _queue.DurableVersionOnceWritten(slice, 3).Value.Should().Be(6);
        _queue.Remove(slice, _mark);
        _mark.Version.Value.Should().Be(6);
        _queue.Remove(_queue.Peek(2)!, _mark);
        _mark.Version.Value.Should().Be(7);
    }

    [Fact]
    public void I65_TheSliceBehindBeginsWhereTheFrontEndsAndEndsWhereTheFlushDoes()
    {
        using var queue = new FlushQueue(new FlushOptions { MaxSliceBytes = 10 }, _signal, _clock);
        for (ulong sequence = 1; sequence <= 6; sequence++)
        {
            var commit = new PreparedCommit(sequence, [], 1, 0) { Bytes = 4 };
            commit.Stamp(sequence);
            queue.Add(commit);
        }

        var front = queue.Peek(0)!;
        front.Commits.Select(c => c.Sequence).Should().Equal(1, 2);
        queue.PeekBehind(front, 6)!.Commits.Select(c => c.Sequence).Should().Equal(3, 4);
        queue.PeekBehind(front, 3)!.Commits.Select(c => c.Sequence).Should().Equal(3);
        queue.PeekBehind(front, 3)!.ToBatch(queue.PeekBehind(front, 3)!.CopyRows()).PreviousSequence.Should().Be(front.LastSequence);
        queue.PeekBehind(front, 2).Should().BeNull("the flush ends there");
        queue.PeekBehind(queue.Peek(0, 6)!, 2).Should().BeNull();

        var behind = queue.PeekBehind(front, 6)!;
        queue.Remove(front, _mark);
        queue.Peek(2)!.Commits.Should().Equal(behind.Commits, "nothing else has left the queue");
    }

    private void Add(int bytes, int entries = 1, int drops = 0)
    {
        var commit = new PreparedCommit(++_sequence, [], entries, drops) { Bytes = bytes };
        commit.Stamp(_sequence);
        _queue.Add(commit);
    }
}
