using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>A walk counts only if it is one walk from its beginning to its end (I66): what was interrupted, mixed with another one or begun anew says nothing.</summary>
public sealed class GarbageWalkCountTests
{
    private static readonly RetentionRule Rule = NewRule();

    private readonly StoredGarbage _garbage = new(few: 0);

    [Fact]
    public void I66_AWalkThatCameToItsEndCounts()
    {
        Step(Rule, after: null, reached: "a", rows: 3);
        Step(Rule, after: "a", reached: null, rows: 2);
        _garbage.Rows.Should().Be(2 + 1, "of each key the newest is no old row");
    }

    [Theory]
    [InlineData(true, "a")]
    [InlineData(false, "b")]
    [InlineData(false, "")]
    public void I66_WhatDoesNotGoOnWhereTheLastStepEndedCountsForNothing(bool isOtherRule, string after)
    {
        Step(Rule, after: null, reached: "a", rows: 3);
        Step(isOtherRule ? NewRule() : Rule, after, reached: null, rows: 2).Should().BeFalse();
        _garbage.Rows.Should().BeNull();
        _garbage.DueBy(Rule).Should().BeNull();
    }

    [Fact]
    public void I66_AfterAFailureTheRestOfAWalkCountsForNothing()
    {
        Step(Rule, after: null, reached: "a", rows: 3);
        _garbage.Forget();
        Step(Rule, after: "a", reached: null, rows: 2).Should().BeFalse();
        _garbage.Rows.Should().BeNull();

        Step(Rule, after: null, reached: null, rows: 2).Should().BeTrue("the next one begins anew");
        _garbage.Rows.Should().Be(1);
    }

    [Fact]
    public void I66_KeysThatAreAskedForByNameAreNoWalkAndWhatGoesIsTakenOff()
    {
        Step(Rule, after: null, reached: null, rows: 5);
        var named = new TierReclaimStep(Rule, null, 1) { Keys = Rows.Keys("a") };
        _garbage.BeginStep(named).Should().BeNull();
        _garbage.EndStep(named, next: null, reclaimed: 3);
        _garbage.Rows.Should().Be(1);

        // In the middle of a walk, too, which goes on afterwards.
        Step(Rule, after: null, reached: "a", rows: 5);
        _garbage.BeginStep(named).Should().BeNull();
        _garbage.EndStep(named, next: null, reclaimed: 1);
        _garbage.Rows.Should().Be(0);
        Step(Rule, after: "a", reached: null, rows: 2).Should().BeTrue();
        _garbage.Rows.Should().Be(4 + 1);
    }

    private static RetentionRule NewRule() => new(new FloorSet(1, []), [], TestClassifier.Instance);

    // One key, of which everything stays.
    private bool Step(RetentionRule rule, string? after, string? reached, int rows)
    {
        var step = new TierReclaimStep(rule, after is null ? default(ReadOnlyMemory<byte>?) : Rows.Key(after), 1);
        var tally = _garbage.BeginStep(step);
        var stamps = Enumerable.Range(0, rows).Select(i => new VersionStamp((ulong)(100 - i), 1)).ToArray();
        tally?.AddLeft(Rows.Key(reached ?? "z").Span, stamps, [.. Enumerable.Repeat(true, rows)]);
        _garbage.EndStep(step, reached is null ? default(ReadOnlyMemory<byte>?) : Rows.Key(reached), reclaimed: 0);
        return tally is not null;
    }
}
