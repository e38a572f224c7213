using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Contracts;
using MvStore.Pacing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Pacing;

/// <summary>Contract D5: who may begin, who waits, and in which order they are let in.</summary>
public sealed class CommitGateTests : IDisposable
{
    private const StallReason Other = (StallReason)7;

    private static readonly TimeSpan MaxStall = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly FailureLatch _failure = new();
    private readonly ManualLimit _memory = new(StallReason.Memory, limit: 100_000, soft: 75_000);
    private readonly ManualLimit _other = new(Other, limit: 50_000, soft: 50_000);
    private readonly CommitGate _gate;

    public CommitGateTests() => _gate = new CommitGate([_memory, _other], MaxStall, slowsDown: false, _failure, _clock, NullLogger.Instance);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void D5_TheTighterLimitSaysHowMuchMayBeginWithoutAsking()
    {
        _gate.FreePass.Should().Be(50_000 / 256);
        _memory.UsedBytes = 90_000;
        _gate.Remeasure();
        _gate.FreePass.Should().Be(10_000 / 256);
        _memory.UsedBytes = 100_000;
        _gate.Remeasure();
        _gate.FreePass.Should().BeNegative();
    }

    [Fact]
    public void D5_PublishedBytesAreMeasuredAfterAPartOfTheRoom()
    {
        _memory.UsedBytes = 90_000;
        var commit = new PreparedCommit(1, [], 0, 0) { Bytes = 2_000 };
        _gate.Add(commit);
        _gate.FreePass.Should().Be(50_000 / 256, "that is not enough to look again");
        _gate.Add(commit);
        _gate.FreePass.Should().Be(10_000 / 256);
        _memory.Asked.Should().Be(1, "it is over its soft limit");
        _other.Asked.Should().Be(0);
    }

    [Fact]
    public async Task D5_WhoComesFirstIsServedFirstWhateverLessOthersNeed()
    {
        _memory.UsedBytes = 90_000;
        var waits = new[] { 20_000, 1_000, 30_000, 1 }.Select(Waiting).ToArray();
        _gate.TryReserve(1).Should().BeFalse("others wait");
        _gate.FreePass.Should().BeNegative();
        _gate.WantedBytes(StallReason.Memory).Should().Be(20_000);

        _memory.UsedBytes = 79_000;
        _gate.Remeasure();
        await Task.WhenAll(waits[0], waits[1]).Guarded();
        waits[2].IsCompleted.Should().BeFalse();
        waits[3].IsCompleted.Should().BeFalse("it fits, but it came later");

        _gate.Release(20_000);
        waits[2].IsCompleted.Should().BeFalse("20,000 bytes are free, and 1,000 of them are reserved");
        _memory.UsedBytes = 60_000;
        _gate.Release(1_000);
        await Task.WhenAll(waits).Guarded();
        _gate.WantedBytes(StallReason.Memory).Should().Be(0);

        Task Waiting(int bytes)
        {
            var wait = _gate.ReserveAsync(bytes, CancellationToken.None).AsTask();
            wait.IsCompleted.Should().BeFalse();
            return wait;
        }
    }

    [Fact]
    public async Task D5_WhoIsCancelledLetsThoseBehindGoOn()
    {
        _memory.UsedBytes = 90_000;
        using var cancellation = new CancellationTokenSource();
        var large = _gate.ReserveAsync(50_000, cancellation.Token).AsTask();
        var small = _gate.ReserveAsync(10_000, CancellationToken.None).AsTask();
        small.IsCompleted.Should().BeFalse();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.Guarded());
        await small.Guarded();
        _gate.TryReserve(1).Should().BeFalse("all that is left is reserved");
        _gate.Release(10_000);
        _gate.TryReserve(10_000).Should().BeTrue();
    }

    [Fact]
    public async Task D5_WhoIsRefusedLetsThoseBehindGoOnAndEachHasItsOwnTime()
    {
        _memory.UsedBytes = 90_000;
        var large = _gate.ReserveAsync(50_000, CancellationToken.None).AsTask();
        _clock.Advance(MaxStall / 2);
        var small = _gate.ReserveAsync(10_000, CancellationToken.None).AsTask();
        var next = _gate.ReserveAsync(10_000, CancellationToken.None).AsTask();
        _clock.Advance(MaxStall / 2);

        (await Assert.ThrowsAsync<CapacityExceededException>(() => large.Guarded())).Waited.Should().Be(MaxStall);
        await small.Guarded();
        next.IsCompleted.Should().BeFalse("it came later");
        _clock.Advance(MaxStall / 2);
        await Assert.ThrowsAsync<CapacityExceededException>(() => next.Guarded());
        _gate.Stalls[StallReason.Memory].Should().Be(new StallStatistics(3, 2, 0, MaxStall * 2.5, MaxStall));
    }

    [Fact]
    public async Task D5_RoomThatNobodyTellsOfIsFoundAfterAWhile()
    {
        _memory.UsedBytes = 100_000;
        var wait = _gate.ReserveAsync(10, CancellationToken.None).AsTask();
        var asked = _memory.Asked;
        _memory.UsedBytes = 0;
        wait.IsCompleted.Should().BeFalse();

        _clock.Advance(TimeSpan.FromMilliseconds(10));

        await wait.Guarded();
        asked.Should().BePositive();
        _clock.DueTimes.Should().NotBeEmpty();
        var started = _clock.DueTimes.Count;
        _clock.Advance(MaxStall);
        _clock.DueTimes.Should().HaveCount(started, "nobody waits any more");
    }

    [Fact]
    public async Task D5_EachReasonIsCountedAndNamed()
    {
        _other.UsedBytes = 50_000;
        _other.Obstacle = new InvalidOperationException("The log is full.");
        var wait = _gate.ReserveAsync(10, CancellationToken.None).AsTask();
        _gate.WantedBytes(Other).Should().Be(10);
        _gate.IsShort(Other).Should().BeTrue();
        _gate.WantedBytes(StallReason.Memory).Should().Be(0, "nothing is to be evicted for it");
        _gate.IsShort(StallReason.Memory).Should().BeFalse();
        _clock.Advance(MaxStall);

        var error = await Assert.ThrowsAsync<CapacityExceededException>(() => wait.Guarded());

        error.Reason.Should().Be(Other);
        error.InnerException.Should().BeSameAs(_other.Obstacle);
        _gate.Stalls[Other].Refused.Should().Be(1);
        _gate.Stalls[StallReason.Memory].Should().Be(default(StallStatistics));
        _other.Asked.Should().BePositive();
        _memory.Asked.Should().Be(0);
    }

    [Fact]
    public async Task I9_AFailedStoreEndsEveryWait()
    {
        _memory.UsedBytes = 100_000;
        var wait = _gate.ReserveAsync(10, CancellationToken.None).AsTask();
        var cause = new InvalidOperationException("The first failure.");
        _failure.TrySet(cause);
        _clock.Advance(TimeSpan.FromMilliseconds(10));

        (await Assert.ThrowsAsync<StoreFailedException>(() => wait.Guarded())).InnerException.Should().BeSameAs(cause);
        Assert.Throws<StoreFailedException>(() => _gate.TryReserve(1));
    }

    [Fact]
    public async Task D9_AClosedGateEndsEveryWaitAndAsksForNothingMore()
    {
        _memory.UsedBytes = 100_000;
        var wait = _gate.ReserveAsync(10, CancellationToken.None).AsTask();
        _gate.Close();
        var asked = _memory.Asked;

        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait.Guarded());
        Assert.Throws<ObjectDisposedException>(() => _gate.TryReserve(1));
        _gate.Remeasure();
        _memory.Asked.Should().Be(asked);
    }
}
