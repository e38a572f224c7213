using MvStore.Contracts;
using MvStore.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>What is published and not in the log yet, and when it is written though nobody waits (A10).</summary>
public sealed class LogQueueTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(30);

    private readonly ManualClock _clock = new();
    private readonly LogSignal _signal = new();
    private readonly LogQueue _queue;
    private ulong _sequence;

    public LogQueueTests() => _queue = new LogQueue(new CommitLogOptions { WriteBytes = 10, WriteDelay = Delay }, _signal, _clock, default);

    public void Dispose() => _queue.Dispose();

    [Theory]
    [InlineData(5, 5)]
    [InlineData(9, 100)]
    public async Task D2_AsManyBytesAsAreWrittenAtOnceWakeTheWriter(int first, int second)
    {
        Add(first, version: 1);
        var woken = Task.Run(() => _signal.Wait(looksLonger: false));
        Add(second, version: 2);
        await woken.Guarded();
    }

    [Fact]
    public async Task D2_TheDelayBeginsAnewForWhatComesAfterItsEnd()
    {
        for (var round = 1; round <= 3; round++)
        {
            Add(bytes: 1, version: _sequence + 1);
            Add(bytes: 1, version: _sequence + 1);
            _clock.DueTimes.Should().Equal(Enumerable.Repeat(Delay, round));
            _clock.Advance(Delay);
            await Task.Run(() => _signal.Wait(looksLonger: false)).Guarded();
            _queue.Take([]).Should().HaveCount(2);
            _queue.EndTake();
        }
    }

    [Fact]
    public void D5_WhatIsTakenCountsUntilItIsWritten()
    {
        Add(bytes: 4, version: 1);
        _queue.Take([]).Should().ContainSingle();
        Add(bytes: 3, version: 2);
        _queue.UnwrittenBytes.Should().Be(7);
        _queue.EndTake();
        _queue.UnwrittenBytes.Should().Be(3);
    }

    [Fact]
    public void A5_AVersionOfWhichAPartIsNotOnDiskIsNotDurable()
    {
        // The same version twice, of different keys.
        Add(bytes: 1, version: 5);
        Add(bytes: 1, version: 7);
        Add(bytes: 1, version: 7);
        _queue.MoveDurable(2);
        _queue.DurableVersion.Value.Should().Be(6);
        _queue.MoveDurable(3);
        _queue.DurableVersion.Value.Should().Be(7);
    }

    private void Add(int bytes, ulong version)
    {
        var commit = new PreparedCommit(version, [], entryCount: 1, dropCount: 0) { Bytes = bytes };
        commit.Stamp(++_sequence);
        _queue.Add(commit);
    }
}
