using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Contracts;
using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>When runs are made by themselves (contract E6).</summary>
public sealed class ReclamationLoopTests : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly ManualClock _clock = new();
    private readonly SemaphoreSlim _runs = new(0);

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task E6_AnIntervalThatNoTimerTakesIsTheShortestThatTimersTake()
    {
        using var loop = Begin(TimeSpan.FromTicks(1));
        _clock.DueTimes.Should().Equal(Shortest);
        await RequireRunAfterAsync(Shortest);
        await loop.StopAsync().Guarded();
    }

    [Theory]
    [InlineData(100, 10)]
    [InlineData(5, 1)]
    public async Task D5_WhenMemoryIsShortARunIsMadeAfterATenthOfTheIntervalOrTheShortestTimeIfThatIsLonger(int interval, int soon)
    {
        using var loop = Begin(TimeSpan.FromMilliseconds(interval));
        loop.Wake();
        loop.Wake();
        _clock.DueTimes.Should().Equal(TimeSpan.FromMilliseconds(interval), TimeSpan.FromMilliseconds(soon));
        await RequireRunAfterAsync(TimeSpan.FromMilliseconds(soon));
        _clock.DueTimes.Should().HaveCount(3).And.EndWith(TimeSpan.FromMilliseconds(interval), "it was asked for one run");
        await RequireRunAfterAsync(TimeSpan.FromMilliseconds(interval));
        await loop.StopAsync().Guarded();
    }

    private ReclamationLoop Begin(TimeSpan interval)
    {
        var loop = new ReclamationLoop(Run, interval, new FailureLatch(), _clock, NullLogger.Instance);
        loop.Start();
        return loop;
    }

    private ValueTask<ReclamationReport> Run(CancellationToken cancellationToken)
    {
        _runs.Release();
        return default;
    }

    private async Task RequireRunAfterAsync(TimeSpan time)
    {
        _clock.Advance(time - TimeSpan.FromTicks(1));
        _runs.CurrentCount.Should().Be(0);
        _clock.Advance(TimeSpan.FromTicks(1));
        await _runs.WaitAsync().Guarded();
    }
}
