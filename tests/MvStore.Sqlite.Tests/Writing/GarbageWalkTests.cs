using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>What is known after walks that the engine does not make, and of rows that hardly any store has: never less than what can go (I66), or nothing.</summary>
public sealed class GarbageWalkTests
{
    private const int FewKinds = 1_023;
    private const ulong Newest = 40;
    private const ulong Pinned = 20;

    private readonly StoredGarbage _garbage = new(few: 0);
    private readonly RetentionRule _rule = RuleOf(new FloorSet(Newest, []));

    public enum Break
    {
        None,
        AnotherKey,
        AnotherRule,
        NotEnded,
    }

    [Theory]
    [InlineData(Break.None)]
    [InlineData(Break.AnotherKey)]
    [InlineData(Break.AnotherRule)]
    [InlineData(Break.NotEnded)]
    public void I66_OnlyAWalkThatGoesOnWhereItEndedIsCounted(Break how)
    {
        var first = new TierReclaimStep(_rule, null, 1);
        _garbage.BeginStep(first).Should().NotBeNull();
        if (how != Break.NotEnded)
        {
            _garbage.EndStep(first, Rows.Key("b"), reclaimed: 0);
        }

        var second = new TierReclaimStep(how == Break.AnotherRule ? RuleOf(_rule.Floors) : _rule, Rows.Key(how == Break.AnotherKey ? "c" : "b"), 1);
        (_garbage.BeginStep(second) is not null).Should().Be(how == Break.None);
        _garbage.EndStep(second, Rows.Key("d"), reclaimed: 0);

        // Of a key that was passed already: counted if the walk is, and no harm if it is not.
        _garbage.Add(Rows.Set("a", Newest + 1, Newest + 1, "x"), letsNothingGo: false, isNewest: true, replacesDeletion: false);
        var third = new TierReclaimStep(second.Rule, Rows.Key("d"), 1);
        _garbage.BeginStep(third);
        _garbage.EndStep(third, null, reclaimed: 0);
        _garbage.DueBy(RuleOf(new FloorSet(Newest + 1, []))).Should().Be(how == Break.None ? 1 : null);
        _garbage.Rows.Should().Be(how == Break.None ? 1 : null);
    }

    [Fact]
    public void I66_AStepOfAWalkThatNobodyBeganIsNotCounted()
    {
        var step = new TierReclaimStep(_rule, Rows.Key("b"), 1);
        _garbage.BeginStep(step).Should().BeNull();
        _garbage.EndStep(step, null, reclaimed: 3);
        _garbage.Rows.Should().BeNull();
        _garbage.IsWorthAWalk(_rule, 1).Should().BeTrue();
    }

    [Theory]
    [InlineData(FewKinds, 0L)]
    [InlineData(FewKinds + 1, null)]
    public void I66_MoreKindsThanAreCountedAreNotTold(int kinds, long? due)
    {
        var floors = new FloorSet(Newest, Enumerable.Range(0, kinds).ToDictionary(i => EntryKind.Operator((ulong)i), i => (CommitVersion)(ulong)(i + 1)));
        Walk(RuleOf(floors), _ => { });
        _garbage.DueBy(RuleOf(floors)).Should().Be(due);
    }

    [Fact]
    public void E2_I66_OfAKeyWithManyVersionsTheOneThatAPinSeesIsDueWhenThePinCloses()
    {
        VersionStamp[] entries = [.. Enumerable.Range(0, (int)Newest).Select(i => new VersionStamp(Newest - (ulong)i, Newest - (ulong)i))];
        var pinned = RuleOf(_rule.Floors, new Pin(Pinned, Newest));
        Walk(pinned, tally =>
        {
            var keep = new bool[entries.Length];
            pinned.Decide("a"u8, entries, keep);
            tally.AddLeft("a"u8, entries, keep);
        });
        _garbage.Rows.Should().Be(1, "the newest is no old row");
        _garbage.DueBy(pinned).Should().Be(0);
        _garbage.DueBy(_rule).Should().Be(1);
    }

    private static RetentionRule RuleOf(FloorSet floors, params Pin[] pins) => new(floors, pins, TestClassifier.Instance, RetentionPlan.KeepEverything);

    private void Walk(RetentionRule rule, Action<GarbageTally> count)
    {
        var step = new TierReclaimStep(rule, null, 1);
        count(_garbage.BeginStep(step)!);
        _garbage.EndStep(step, null, reclaimed: 0);
    }
}
