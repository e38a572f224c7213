using MvStore.GarbageCollection;

namespace MvStore.Tests.GarbageCollection;

/// <summary>When a run has something to look at: a floor rose, a pin closed, or less is to be kept (contract E6).</summary>
public sealed class SweepPlanTests
{
    private static readonly EntryKind Kind = EntryKind.Operator(7);
    private static readonly FloorSet Floors = new(5, []);

    [Fact]
    public void E6_NothingIsDueWithoutAFloorNorTwice()
    {
        var plan = new SweepPlan();
        plan.IsDue(FloorSet.None, [], RetentionPlan.KeepEverything, isWhole: false).Should().BeFalse();
        plan.IsDue(Floors, [], RetentionPlan.KeepEverything, isWhole: false).Should().BeTrue();
        plan.Complete(Floors, [], RetentionPlan.KeepEverything, isPutOff: false);
        plan.IsDue(Floors, [], RetentionPlan.KeepEverything, isWhole: false).Should().BeFalse();
        plan.IsDue(Floors.RaisedTo(new FloorSet(6, [])), [], RetentionPlan.KeepEverything, isWhole: false).Should().BeTrue("a floor rose");
    }

    [Theory]
    [InlineData(2, false, false, 2, false, false, false)]
    [InlineData(2, false, false, 3, false, false, false)]
    [InlineData(2, false, false, 1, false, false, true)]
    [InlineData(1, false, false, 1, true, false, true)]
    [InlineData(1, false, false, 1, true, true, false)]
    [InlineData(1, true, true, 1, true, false, true)]
    [InlineData(1, true, true, 1, true, true, false)]
    [InlineData(1, true, false, 1, true, false, false)]
    [InlineData(1, true, false, 1, false, false, false)]
    public void E6_ARunIsDueWhenLessIsToBeKept(int perKeyBefore, bool goBefore, bool keepsBefore, int perKey, bool go, bool keeps, bool isDue)
    {
        foreach (var ofKind in new[] { false, true })
        {
            var plan = new SweepPlan();
            plan.Complete(Floors, [], PlanOf(ofKind, perKeyBefore, goBefore, keepsBefore), isPutOff: false);
            plan.IsDue(Floors, [], PlanOf(ofKind, perKey, go, keeps), isWhole: false).Should().Be(isDue, "of one kind: {0}", ofKind);
        }
    }

    [Fact]
    public void E6_AKindThatIsNotListedAnyMoreKeepsWhatOthersDo()
    {
        var plan = new SweepPlan();
        plan.Complete(Floors, [], new RetentionPlan(new Retention(), [new(Kind, new Retention(perKey: 3))]), isPutOff: false);
        plan.IsDue(Floors, [], new RetentionPlan(new Retention(), []), isWhole: false).Should().BeTrue();
        plan.IsDue(Floors, [], new RetentionPlan(new Retention(), [new(Kind, new Retention(perKey: 3))]), isWhole: false).Should().BeFalse();
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void E6_WhatTheTierPutOffIsDueToARunThatLeavesNothing(bool isPutOff, bool isWhole, bool isDue)
    {
        var plan = new SweepPlan();
        plan.Complete(Floors, [], RetentionPlan.KeepEverything, isPutOff);
        plan.IsDue(Floors, [], RetentionPlan.KeepEverything, isWhole).Should().Be(isDue);
    }

    // What the plan says of the kind must count, and so must what it says of all others.
    private static RetentionPlan PlanOf(bool ofKind, int perKey, bool go, bool keeps)
    {
        var retention = new Retention(perKey: perKey) { KeepsDeletedKeys = keeps };
        return ofKind
            ? new RetentionPlan(new Retention() { KeepsDeletedKeys = true }, [new(Kind, retention)]) { ReclaimsDeletedKeys = go }
            : new RetentionPlan(retention, []) { ReclaimsDeletedKeys = go };
    }
}
