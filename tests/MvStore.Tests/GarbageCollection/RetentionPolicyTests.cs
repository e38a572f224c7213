using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>How far floors stay behind (contract E3).</summary>
public sealed class RetentionPolicyTests
{
    [Fact]
    public void E3_WhereNobodyKnowsHowOldAVersionIsAnAgeKeepsAllOfThem()
    {
        var policy = new RetentionPolicy(new GarbageCollectionOptions());
        FloorOf(new Retention(versions: 3)).Should().Be((CommitVersion)97);
        FloorOf(new Retention(versions: 300)).Should().Be(CommitVersion.Zero);
        FloorOf(new Retention(versions: 3, age: TimeSpan.FromHours(1))).Should().Be(CommitVersion.Zero);
        FloorOf(new Retention()).Should().Be(CommitVersion.Zero);

        CommitVersion FloorOf(Retention retention) => policy.FloorsOf(new RetentionPlan(retention, []))(100).Default;
    }

    [Theory]
    [InlineData(5, 5UL)]
    [InlineData(10, 5UL)]
    [InlineData(11, 4UL)]
    [InlineData(40, 2UL)]
    public void I41_HistoryReachesAsFarAsATimeToLiveFromCreationOrFurtherIfItsAgeSaysSo(int minutes, ulong floor)
    {
        // A version each ten minutes; it is minute 50.
        var clock = new ManualClock();
        using var times = new VersionTimes(clock, null, TimeSpan.Zero);
        times.Begin(CommitVersion.Zero);
        for (var version = 1UL; version <= 6; version++)
        {
            times.Advance(version);
            clock.Advance(version < 6 ? TimeSpan.FromMinutes(10) : TimeSpan.Zero);
        }

        var life = new TimeToLive(TimeSpan.FromMinutes(10), TimeToLiveStart.Creation);
        var policy = new RetentionPolicy(new GarbageCollectionOptions(), times: times);
        var plan = new RetentionPlan(new Retention(age: TimeSpan.FromMinutes(minutes)) { TimeToLive = life }, []);
        policy.FloorsOf(plan)(6).Default.Should().Be((CommitVersion)floor);
    }

    [Fact]
    public void I36_SlicesGoByWhatTheStrategiesSaidLast()
    {
        var perKey = 0;
        var policy = new RetentionPolicy(new GarbageCollectionOptions(), [new Strategy(() => new RetentionPlan(new Retention(perKey: ++perKey), []))]);
        policy.Latest.Should().BeNull("nobody was asked yet");
        for (var run = 1; run <= 3; run++)
        {
            policy.Plan().Default.PerKey.Should().Be(run);
            policy.Latest!.Default.PerKey.Should().Be(run);
        }
    }

    private sealed class Strategy(Func<RetentionPlan> plan) : IGarbageCollectionStrategy
    {
        public RetentionPlan Plan(RetentionPlan before) => plan();
    }
}
