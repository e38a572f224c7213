using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>When what can go is known, and from when on it is not, without a file (I66).</summary>
public sealed class StoredGarbageStateTests
{
    private const int Few = 4;

    private readonly StoredGarbage _garbage = new(Few);

    [Fact]
    public void I66_NothingIsKnownBeforeAWalkHasComeToItsEnd()
    {
        var rule = Rule(1);
        Known().Should().Be("nothing");
        _garbage.IsWorthAWalk(rule, 0.5).Should().BeTrue();
        Step(rule, after: null, next: "m", left: 2);
        Known().Should().Be("nothing");
        Step(rule, after: "m", next: null, left: 3);
        Known().Should().Be("5 of 5");
    }

    [Theory]
    [InlineData(0.0, 1UL, true)] // nothing may stay
    [InlineData(0.5, 1UL, false)] // nothing can go
    [InlineData(0.5, 2UL, false)]
    [InlineData(0.1, 2UL, true)]
    [InlineData(0.5, 9UL, true)]
    public void E6_AWalkIsWorthItOnceAShareCanGo(double share, ulong floor, bool isWorthIt)
    {
        // Ten rows: one is due at 2, the others at 9.
        var rule = Rule(1);
        var tally = _garbage.BeginStep(new TierReclaimStep(rule, null, 10))!;
        Leave(tally, 2, 1);
        Leave(tally, 9, 9);
        _garbage.EndStep(new TierReclaimStep(rule, null, 10), null, 0);
        _garbage.IsWorthAWalk(Rule(floor), share).Should().Be(isWorthIt);
    }

    [Theory]
    [InlineData(Few, true)]
    [InlineData(Few + 1, false)]
    public void E6_FewRowsAreWorthAWalkWheneverOneCanGo(int rows, bool isWorthIt)
    {
        var rule = Rule(1);
        var tally = _garbage.BeginStep(new TierReclaimStep(rule, null, 10))!;
        Leave(tally, 2, 1);
        Leave(tally, 9, rows - 1);
        _garbage.EndStep(new TierReclaimStep(rule, null, 10), null, 0);
        _garbage.IsWorthAWalk(Rule(1), 0.9).Should().BeFalse("none can");
        _garbage.IsWorthAWalk(Rule(2), 0.9).Should().Be(isWorthIt);
    }

    [Theory]
    [InlineData("m", true, true)]
    [InlineData("n", true, false)]
    [InlineData("m", false, false)]
    public void I66_AStepThatDoesNotGoOnWhereTheLastOneEndedIsNotCounted(string after, bool isSameRule, bool isCounted)
    {
        var rule = Rule(1);
        Step(rule, after: null, next: null, left: 1);
        Step(rule, after: null, next: "m", left: 2);
        var next = isSameRule ? rule : Rule(1);
        (_garbage.BeginStep(new TierReclaimStep(next, Key(after), 10)) is not null).Should().Be(isCounted);
        _garbage.Rows.Should().Be(isCounted ? 1 : null, "what was counted may be wrong as well");
        Step(next, after: "z", next: null, left: 9);
        _garbage.Rows.Should().BeNull();
    }

    [Fact]
    public void I66_AStepInTheMiddleOfNoWalkIsNotCountedAndHarmsNothing()
    {
        var rule = Rule(1);
        Step(rule, after: null, next: null, left: 3);
        _garbage.BeginStep(new TierReclaimStep(rule, Key("m"), 10)).Should().BeNull();
        _garbage.EndStep(new TierReclaimStep(rule, Key("m"), 10), Key("n"), 1);
        _garbage.EndStep(new TierReclaimStep(rule, Key("n"), 10), null, 0);
        Known().Should().Be("3 of 2", "what went is taken off");
    }

    [Fact]
    public void I66_AStepOverSomeKeysIsNoWalk()
    {
        var rule = Rule(1);
        Step(rule, after: null, next: "m", left: 2);
        var some = new TierReclaimStep(rule, null, 10) { Keys = [Key("a")] };
        _garbage.BeginStep(some).Should().BeNull();
        _garbage.EndStep(some, null, 1);
        _garbage.Rows.Should().BeNull("the walk is not over by that");
        Step(rule, after: "m", next: null, left: 1);
        _garbage.Rows.Should().Be(3);
        _garbage.BeginStep(some).Should().BeNull();
        _garbage.EndStep(some, null, 1);
        _garbage.Rows.Should().Be(2);
    }

    [Fact]
    public void I66_AWriteCountsForTheWalkUnderWayIfThatHasPassedItsKey()
    {
        var rule = Rule(1);
        Step(rule, after: null, next: null, left: 1);
        _garbage.Add(Row("z"), letsNothingGo: false, isNewest: true, replacesDeletion: false);
        Known().Should().Be("2 of 2");
        Step(rule, after: null, next: "m", left: 1);
        foreach (var key in (string[])["a", "m", "n"])
        {
            _garbage.Add(Row(key), letsNothingGo: false, isNewest: true, replacesDeletion: false);
        }

        Known().Should().Be("5 of 5");
        Step(rule, after: "m", next: null, left: 0);
        Known().Should().Be("3 of 3", "one was left, and two were written where the walk had been");
        _garbage.Add(Row("a"), letsNothingGo: false, isNewest: true, replacesDeletion: false);
        Known().Should().Be("4 of 4");
    }

    [Fact]
    public void I66_AWalkThatBeginsAnewHasPassedNoKeyYet()
    {
        var rule = Rule(1);
        Step(rule, after: null, next: "m", left: 1);
        var step = new TierReclaimStep(rule, null, 10);
        Leave(_garbage.BeginStep(step)!, 5, 2);
        _garbage.Add(Row("a"), letsNothingGo: false, isNewest: true, replacesDeletion: false);
        _garbage.EndStep(step, null, 0);
        Known().Should().Be("2 of 2", "where the walk before had been says nothing of this one");
    }

    [Fact]
    public void I66_AfterAFailureNothingIsKnownNorIsAWalkUnderWay()
    {
        var rule = Rule(1);
        Step(rule, after: null, next: null, left: 1);
        Step(rule, after: null, next: "m", left: 1);
        _garbage.Forget();
        Known().Should().Be("nothing");
        Step(rule, after: "m", next: null, left: 1);
        Known().Should().Be("nothing");
    }

    private static RetentionRule Rule(ulong floor) => new(new FloorSet(floor, []), [], TestClassifier.Instance);

    private static ReadOnlyMemory<byte> Key(string key) => System.Text.Encoding.UTF8.GetBytes(key);

    private static TierRow Row(string key) => new(Key(key), 5, 5, Key("x"));

    // So many rows of the history, of keys whose newest entry lets them go when the floor reaches it.
    private static void Leave(GarbageTally tally, ulong due, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            tally.AddLeft("k"u8, [new VersionStamp(due, due), new VersionStamp(1, 1)], [true, true]);
        }
    }

    private void Step(RetentionRule rule, string? after, string? next, int left)
    {
        var step = new TierReclaimStep(rule, after is null ? (ReadOnlyMemory<byte>?)null : Key(after), 10);
        if (_garbage.BeginStep(step) is { } tally)
        {
            Leave(tally, 5, left);
        }

        _garbage.EndStep(step, next is null ? (ReadOnlyMemory<byte>?)null : Key(next), 0);
    }

    // How many can go with the highest floor, and of how many rows.
    private string Known() => (_garbage.DueBy(Rule(100)), _garbage.Rows) is ({ } due, { } rows) ? $"{due} of {rows}" : "nothing";
}
