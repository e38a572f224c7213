using MvStore.Contracts;
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

    [Fact]
    public void E6_APinThatWasClosedIsForgottenOnceARunCameBy()
    {
        var plan = new SweepPlan();
        var pin = PinAt(5);
        plan.Complete(Floors, [pin], RetentionPlan.KeepEverything, isPutOff: false);
        plan.IsDue(Floors, [pin], RetentionPlan.KeepEverything, isWhole: false).Should().BeFalse();
        plan.IsDue(Floors, [], RetentionPlan.KeepEverything, isWhole: false).Should().BeTrue("what it kept can go");
        plan.Complete(Floors, [], RetentionPlan.KeepEverything, isPutOff: false);
        plan.IsDue(Floors, [], RetentionPlan.KeepEverything, isWhole: false).Should().BeFalse();
        plan.IsDue(Floors, [PinAt(6)], RetentionPlan.KeepEverything, isWhole: false).Should().BeFalse("one that is new keeps nothing that could have gone");
    }

    [Fact]
    public void E6_DroppedKeysAreLookedAtUntilNoPinKeepsAnythingOfThem()
    {
        var floors = FloorSet.None.RaisedTo(FloorSet.None, [DropOf("a", 5)]);
        var plan = new SweepPlan();
        Show(plan.Keys(floors)).Should().Equal("a");
        plan.Complete(floors, [PinAt(3)], RetentionPlan.KeepEverything, isPutOff: false);
        Show(plan.Keys(floors)).Should().Equal(["a"], "a pin kept something of it, perhaps");
        plan.Complete(floors, [], RetentionPlan.KeepEverything, isPutOff: false);
        Show(plan.Keys(floors)).Should().BeEmpty();

        floors = floors.RaisedTo(FloorSet.None, [DropOf("b", 6)]);
        Show(plan.Keys(floors)).Should().Equal("b");
        plan.Keys(floors.RaisedTo(Floors, [])).Should().BeNull("every key has a floor then");
    }

    [Fact]
    public void I67_DroppedKeysAreAskedForByNameUntilTheTierWasWalkedThrough()
    {
        var floors = FloorSet.None.RaisedTo(new FloorSet(2, []), [DropOf("a", 5)]);
        var plan = new SweepPlan();
        Show(plan.KeysWithoutWalk(floors)).Should().Equal("a");
        plan.Complete(floors, [PinAt(3)], RetentionPlan.KeepEverything, isPutOff: true);
        Show(plan.KeysWithoutWalk(floors)).Should().Equal(["a"], "nobody walked, and a pin was in the way");
        plan.Complete(floors, [PinAt(3)], RetentionPlan.KeepEverything, isPutOff: false);
        Show(plan.KeysWithoutWalk(floors)).Should().BeEmpty("the tier counts what the walk left");

        floors = floors.RaisedTo(new FloorSet(2, []), [DropOf("b", 6)]);
        Show(plan.KeysWithoutWalk(floors)).Should().Equal("b");
        plan.Complete(floors, [], RetentionPlan.KeepEverything, isPutOff: true);
        Show(plan.KeysWithoutWalk(floors)).Should().BeEmpty("it was asked for, and nothing was in the way");
    }

    private static OpenPin PinAt(ulong version) => new(new Pin(version, version), version, new PublishedFloors(FloorSet.None), owner: null, DateTimeOffset.UnixEpoch);

    private static KeyFloor DropOf(string key, ulong version) => new(System.Text.Encoding.UTF8.GetBytes(key), version);

    private static IEnumerable<string>? Show(IEnumerable<ReadOnlyMemory<byte>>? keys) => keys?.Select(key => System.Text.Encoding.UTF8.GetString(key.Span));

    // What the plan says of the kind must count, and so must what it says of all others.
    private static RetentionPlan PlanOf(bool ofKind, int perKey, bool go, bool keeps)
    {
        var retention = new Retention(perKey: perKey) { KeepsDeletedKeys = keeps };
        return ofKind
            ? new RetentionPlan(new Retention() { KeepsDeletedKeys = true }, [new(Kind, retention)]) { ReclaimsDeletedKeys = go }
            : new RetentionPlan(retention, []) { ReclaimsDeletedKeys = go };
    }
}
