using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Contracts;
using MvStore.Pacing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Pacing;

/// <summary>Contract D5: above the soft limit commits go on at a rate that falls with the room that is left (I39).</summary>
public sealed class SlowedCommitTests : IDisposable
{
    private const long Limit = 16_000_000;
    private const long Soft = 12_000_000;
    private const int Bytes = 1_000;

    private static readonly TimeSpan MaxStall = TimeSpan.FromSeconds(10);

    private readonly ManualClock _clock = new();
    private readonly FailureLatch _failure = new();
    private readonly ManualLimit _memory = new(StallReason.Memory, Limit, Soft);
    private readonly CommitGate _gate;
    private ulong _version;

    public SlowedCommitTests() => _gate = new CommitGate([_memory], MaxStall, slowsDown: true, _failure, _clock, NullLogger.Instance);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void I39_NobodyIsSlowedWhileThereIsAmpleRoom()
    {
        while (_memory.UsedBytes < Soft - Limit / 256)
        {
            TryCommit().Should().BeTrue();
        }

        _gate.Stalls[StallReason.Slowed].Should().Be(default(StallStatistics));
    }

    [Fact]
    public void I39_AboveTheSoftLimitASixteenthOfTheRoomIsTakenInAHundredthOfASecond()
    {
        _memory.UsedBytes = Soft + 1;
        _gate.Remeasure();
        for (var room = Limit - Soft; room > 1_000_000; room = Limit - _memory.UsedBytes)
        {
            CommitWhilePossible().Should().BeInRange((room / 16) - (2 * Bytes), (room / 16) + (5 * Bytes));
            _clock.Advance(CommitPace.Period);
        }
    }

    [Fact]
    public void I39_RoomThatIsMadeKeepsTheRateAtThatOfMakingIt()
    {
        const long MadePerPeriod = 100_000;
        _memory.UsedBytes = Soft + 1;
        _gate.Remeasure();
        long taken = 0;
        for (var period = 0; period < 300; period++)
        {
            taken = CommitWhilePossible();
            _memory.UsedBytes -= MadePerPeriod;
            _gate.Remeasure();
            _clock.Advance(CommitPace.Period);
        }

        taken.Should().BeInRange(MadePerPeriod * 9 / 10, MadePerPeriod * 11 / 10);
        (Limit - _memory.UsedBytes).Should().BeInRange(16 * MadePerPeriod * 8 / 10, 16 * MadePerPeriod * 12 / 10);
    }

    [Fact]
    public async Task I39_WhoIsSlowedGoesOnWhenItsTimeHasComeInTheOrderOfArrival()
    {
        _memory.UsedBytes = Soft + 1;
        _gate.Remeasure();
        CommitWhilePossible();
        var waits = Enumerable.Range(0, 3).Select(_ => _gate.ReserveAsync(Bytes, CancellationToken.None).AsTask()).ToArray();
        waits.Should().OnlyContain(w => !w.IsCompleted);
        _gate.FreePass.Should().BeNegative();
        _gate.Stalls[StallReason.Slowed].Waiting.Should().Be(3);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(waits).Guarded();

        var slowed = _gate.Stalls[StallReason.Slowed];
        slowed.Count.Should().Be(3);
        slowed.Longest.Should().Be(TimeSpan.FromMilliseconds(1));
        _gate.Stalls[StallReason.Memory].Should().Be(default(StallStatistics));
        _gate.Release(3 * Bytes);
    }

    [Fact]
    public async Task I39_ALargeCommitDelaysThoseBehindItByItsBytesButNotForLong()
    {
        _memory.UsedBytes = Soft + 1;
        _gate.Remeasure();
        const long Large = 2_000_000;
        _gate.TryReserve(Large).Should().BeTrue("nothing was taken in this period");
        _memory.UsedBytes += Large;
        _gate.Add(Commit(Large));
        _gate.Release(Large);
        var next = _gate.ReserveAsync(Bytes, CancellationToken.None).AsTask();
        var periods = 0;
        while (_gate.Stalls[StallReason.Slowed].Waiting > 0 && periods < 100)
        {
            _clock.Advance(CommitPace.Period);
            periods++;
        }

        await next.Guarded();
        periods.Should().BeInRange(3, 6);
    }

    [Fact]
    public async Task A12_WhoIsSlowedCanBeCancelled()
    {
        _memory.UsedBytes = Soft + 1;
        _gate.Remeasure();
        CommitWhilePossible();
        using var cancellation = new CancellationTokenSource();
        var wait = _gate.ReserveAsync(Bytes, cancellation.Token).AsTask();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Guarded());
        _gate.Stalls[StallReason.Slowed].Waiting.Should().Be(0);
    }

    [Fact]
    public async Task I39_ToBeSlowedIsNoReasonToFail()
    {
        using var gate = new CommitGate([_memory], TimeSpan.FromMilliseconds(1), slowsDown: true, _failure, _clock, NullLogger.Instance);
        _memory.UsedBytes = Soft + 1;
        gate.Remeasure();
        await gate.ReserveAsync(3_000_000, CancellationToken.None).Guarded();
        var wait = gate.ReserveAsync(Bytes, CancellationToken.None).AsTask();
        wait.IsCompleted.Should().BeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await wait.Guarded();
        gate.Stalls[StallReason.Slowed].Refused.Should().Be(0);
    }

    [Fact]
    public void I39_WhoWaitsForNothingIsNotSlowed()
    {
        using var gate = new CommitGate([_memory], TimeSpan.Zero, slowsDown: true, _failure, _clock, NullLogger.Instance);
        _memory.UsedBytes = Soft + 1;
        gate.Remeasure();
        gate.TryReserve(3_000_000).Should().BeTrue();
        gate.TryReserve(Bytes).Should().BeTrue();
    }

    [Fact]
    public async Task I39_RoomEnoughEndsTheWaitAtOnce()
    {
        _memory.UsedBytes = Soft + 1;
        _gate.Remeasure();
        CommitWhilePossible();
        var wait = _gate.ReserveAsync(Bytes, CancellationToken.None).AsTask();
        wait.IsCompleted.Should().BeFalse();
        _memory.UsedBytes = Soft;
        _gate.Remeasure();
        await wait.Guarded();
    }

    // Commits until one would have to wait; tells how many bytes that were.
    private long CommitWhilePossible()
    {
        var before = _memory.UsedBytes;
        while (TryCommit())
        {
        }

        return _memory.UsedBytes - before;
    }

    private bool TryCommit()
    {
        var commit = Commit(Bytes);
        var isReserved = false;
        if (commit.Footprint > _gate.FreePass)
        {
            isReserved = _gate.TryReserve(commit.Footprint);
            if (!isReserved)
            {
                return false;
            }
        }

        _memory.UsedBytes += commit.Footprint;
        _gate.Add(commit);
        if (isReserved)
        {
            _gate.Release(commit.Footprint);
        }

        return true;
    }

    // The footprint is what is asked for, about.
    private PreparedCommit Commit(long footprint) => new(++_version, [], 0, 0) { Bytes = (footprint - 256) * 8 / 9 };
}
