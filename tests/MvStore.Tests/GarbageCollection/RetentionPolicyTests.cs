using MvStore.GarbageCollection;

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
}
