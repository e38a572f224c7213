using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>How long a log without space waits until it tries again (contract D4).</summary>
public sealed class SpaceWaitTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(35);

    [Fact]
    public async Task D4_PausesDoubleUpToTheLongest()
    {
        var clock = new ManualClock();
        var stalls = new List<bool>();
        using var space = new SpaceWait(TimeSpan.FromMilliseconds(10), Longest, clock, reason => stalls.Add(reason is not null), NullLogger.Instance);
        var left = 5;
        var run = Task.Run(() => space.Run(() =>
        {
            if (left-- > 0)
            {
                throw new CommitLogException(TierFailure.Transient, "No space left.");
            }
        }));
        await clock.AdvanceUntilAsync(run, Longest).Guarded();
        await run.Guarded();
        clock.DueTimes.Select(due => due.TotalMilliseconds).Should().Equal(10, 20, 35, 35, 35);
        stalls.Should().Equal(true, true, true, true, true, false);
    }
}
