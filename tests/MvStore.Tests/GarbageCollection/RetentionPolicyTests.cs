using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>How far floors stay behind (contract E3), and what strategies make of it (E6).</summary>
public sealed class RetentionPolicyTests
{
    private static readonly EntryKind Own = EntryKind.Operator(3);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualClock _clock = new();

    [Fact]
    public void E3_WhereNobodyKnowsHowOldAVersionIsAnAgeKeepsAllOfThem()
    {
        FloorOf(new Retention(versions: 3), null).Should().Be((CommitVersion)97);
        FloorOf(new Retention(versions: 100), null).Should().Be(CommitVersion.Zero);
        FloorOf(new Retention(versions: 300), null).Should().Be(CommitVersion.Zero);
        FloorOf(new Retention(versions: 3, age: Hour), null).Should().Be(CommitVersion.Zero);
        FloorOf(new Retention(), null).Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public void E3_TheLargerOfTwoDistancesCounts()
    {
        // 40 became visible two hours ago, 100 just now.
        var times = Times(40, 100);
        FloorOf(new Retention(age: Hour), times).Should().Be((CommitVersion)40);
        FloorOf(new Retention(versions: 3, age: Hour), times).Should().Be((CommitVersion)40);
        FloorOf(new Retention(versions: 70, age: Hour), times).Should().Be((CommitVersion)30);
        FloorOf(new Retention(versions: 0), times).Should().Be((CommitVersion)100);
        FloorOf(new Retention(age: 3 * Hour), times).Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public void E5_WhereKeysLiveForATimeFromTheirCreationOnItIsKnownForAsLong()
    {
        var times = Times(40, 100);
        FloorOf(new Retention(versions: 3) { TimeToLive = new(Hour, TimeToLiveStart.Creation) }, times).Should().Be((CommitVersion)40);
        FloorOf(new Retention(versions: 3) { TimeToLive = new(Hour, TimeToLiveStart.LastUpdate) }, times).Should().Be((CommitVersion)97);
        FloorOf(new Retention { TimeToLive = new(Hour, TimeToLiveStart.Creation) }, times).Should().Be(CommitVersion.Zero, "it limits nothing by itself");
        FloorOf(new Retention(age: TimeSpan.Zero) { TimeToLive = new(Hour, TimeToLiveStart.Creation) }, times).Should().Be((CommitVersion)40);
        FloorOf(new Retention(age: 3 * Hour) { TimeToLive = new(Hour, TimeToLiveStart.Creation) }, times).Should().Be(CommitVersion.Zero, "it is kept for longer anyway");
    }

    [Fact]
    public void B10_AKindHasAFloorOfItsOwn()
    {
        var policy = new RetentionPolicy(new GarbageCollectionOptions { RetainVersions = 1, RetainVersionsByKind = { [Own] = 20 } });
        var floors = policy.FloorsOf(policy.Plan())(100);
        (floors.Default, floors.Of(Own)).Should().Be(((CommitVersion)99, (CommitVersion)80));
        policy.DistinguishesKinds.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void E4_WithoutStrategiesTheOptionsAreKnownBeforeAnybodyAsks(bool reclaimsDeletedKeys)
    {
        var policy = new RetentionPolicy(new GarbageCollectionOptions { RetainVersions = 7, ReclaimDeletedKeys = reclaimsDeletedKeys }, []);
        policy.Latest!.Default.Versions.Should().Be(7);
        policy.DistinguishesKinds.Should().BeFalse();
        policy.Plan().ReclaimsDeletedKeys.Should().Be(reclaimsDeletedKeys);
        policy.Latest.ReclaimsDeletedKeys.Should().BeFalse("a slice always has the newest entry of each of its keys");
    }

    [Fact]
    public void E6_StrategiesAreAskedInTurnAndWhatTheLastSaidIsRemembered()
    {
        var policy = new RetentionPolicy(
            new GarbageCollectionOptions { RetainVersions = 1 },
            [new Strategy(before => before.WithDefault(new Retention(before.Default.Versions + 1))), new Strategy(before => before.WithDefault(new Retention(before.Default.Versions * 10)))]);
        policy.Latest.Should().BeNull("no strategy was asked yet");
        policy.DistinguishesKinds.Should().BeTrue("a strategy may, once");
        policy.Plan().Default.Versions.Should().Be(20);
        policy.Latest!.Default.Versions.Should().Be(20);
    }

    [Fact]
    public void E6_AStrategyThatFailsIsNamedAndWhatWasSaidBeforeStays()
    {
        var answer = new RetentionPlan(new Retention(versions: 4), []);
        var failure = new InvalidOperationException("on purpose");
        Func<RetentionPlan?> answers = () => answer;
        var policy = new RetentionPolicy(new GarbageCollectionOptions(), [new Strategy(_ => answers()!)]);
        policy.Plan();

        answers = () => throw failure;
        var thrown = Assert.Throws<GarbageCollectionStrategyException>(() => policy.Plan());
        (thrown.Strategy, thrown.InnerException).Should().Be((nameof(Strategy), (Exception)failure));
        answers = () => null;
        Assert.Throws<GarbageCollectionStrategyException>(() => policy.Plan()).InnerException.Should().BeNull();
        policy.Latest.Should().BeSameAs(answer);
    }

    private static CommitVersion FloorOf(Retention retention, VersionTimes? times)
        => new RetentionPolicy(new GarbageCollectionOptions(), times: times).FloorsOf(new RetentionPlan(retention, []))(100).Default;

    private VersionTimes Times(ulong first, ulong second)
    {
        var times = new VersionTimes(_clock, null, TimeSpan.Zero);
        times.Begin(CommitVersion.Zero);
        times.Advance(first);
        _clock.Advance(2 * Hour);
        times.Advance(second);
        return times;
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
        var policy = new RetentionPolicy(new GarbageCollectionOptions(), [new Strategy(_ => new RetentionPlan(new Retention(perKey: ++perKey), []))]);
        policy.Latest.Should().BeNull("nobody was asked yet");
        for (var run = 1; run <= 3; run++)
        {
            policy.Plan().Default.PerKey.Should().Be(run);
            policy.Latest!.Default.PerKey.Should().Be(run);
        }
    }

    private sealed class Strategy(Func<RetentionPlan, RetentionPlan> plan) : IGarbageCollectionStrategy
    {
        public RetentionPlan Plan(RetentionPlan before) => plan(before);
    }
}
