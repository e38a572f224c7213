using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>What can go, by what lets it go, counted without a file (I66).</summary>
public sealed class GarbageTallyTests
{
    private static readonly RetentionPlan Deletes = new(new Retention(), []) { ReclaimsDeletedKeys = true };

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(100, true)]
    [InlineData(1_023, true)]
    [InlineData(1_024, false)]
    public void E5_KindsAreCountedApartAsLongAsThereAreNotTooMany(int kinds, bool isKnown)
    {
        var floors = Enumerable.Range(0, kinds).ToDictionary(i => EntryKind.Source((ulong)i), _ => (CommitVersion)3);
        var tally = new GarbageTally(Rule(0, floors));
        tally.DueBy(Rule(0, floors)).Should().Be(isKnown ? 0 : null);
    }

    [Theory]
    [InlineData(0, true)] // 1,024 steps, as many as one may have
    [InlineData(3, true)]
    [InlineData(63, false)] // 64 each
    [InlineData(1_000, false)] // as many, and never fewer
    public void I66_KindsShareTheMemory(int kinds, bool isExact)
    {
        const ulong Versions = 1_000;
        var floors = Enumerable.Range(0, kinds).ToDictionary(i => EntryKind.Source((ulong)i), _ => (CommitVersion)0);
        var tally = new GarbageTally(Rule(0, floors));
        for (var version = Versions; version > 0; version--)
        {
            Left(tally, Entry(version), Entry(0));
        }

        var tooMany = Enumerable.Range(0, (int)Versions).Select(at => tally.DueBy(Rule((ulong)at, floors))!.Value - at).ToArray();
        tooMany.Should().OnlyContain(few => few >= 0 && few <= (isExact ? 0 : 4 * (int)Versions / 64), "a step has at most four even shares");
        tooMany.Any(few => few > 0).Should().Be(!isExact);
    }

    [Fact]
    public void E5_NothingIsSaidOfOtherKinds()
    {
        var tally = new GarbageTally(Rule(0, new() { [EntryKind.Source(1)] = 3 }));
        tally.DueBy(Rule(0, new() { [EntryKind.Source(1)] = 9 })).Should().Be(0);
        tally.DueBy(Rule(0, [])).Should().BeNull();
        tally.DueBy(Rule(0, new() { [EntryKind.Source(2)] = 3 })).Should().BeNull();
        tally.DueBy(Rule(0, new() { [EntryKind.Source(1)] = 3, [EntryKind.Source(2)] = 3 })).Should().BeNull();
    }

    [Fact]
    public void E1_AnEntryLetsTheOneBeforeGoWhenTheFloorReachesIt()
    {
        var tally = new GarbageTally(Rule(2));
        Left(tally, Entry(9), Entry(7), Entry(2), Entry(1, isKept: false));
        tally.Rows.Should().Be(2, "the first of them is no history");
        Due(tally, 2, 6, 7, 8, 9).Should().Equal(0, 0, 1, 1, 2);

        Left(tally, Entry(4));
        tally.Rows.Should().Be(2);
        Due(tally, 9).Should().Equal([2L], "it has none before it");

        tally.Remove(1);
        tally.Rows.Should().Be(1);
        Due(tally, 9).Should().Equal([2L], "what they would have let go stays counted");
    }

    [Fact]
    public void E4_ADeletionBesidesLetsItselfGoWhereDeletedKeysGo()
    {
        var tally = new GarbageTally(Rule(2, [], Deletes));
        Left(tally, Entry(9, isTombstone: true), Entry(7));
        tally.Rows.Should().Be(2);
        Due(tally, Deletes, 8, 9).Should().Equal(0, 2);

        Left(tally, Entry(5, isTombstone: true));
        tally.Rows.Should().Be(3);
        Due(tally, Deletes, 4, 5, 9).Should().Equal(0, 1, 3);

        var keeping = new GarbageTally(Rule(2));
        Left(keeping, Entry(9, isTombstone: true), Entry(7));
        Left(keeping, Entry(5, isTombstone: true));
        keeping.Rows.Should().Be(1);
        Due(keeping, 9).Should().Equal(1);
    }

    [Theory]
    [InlineData(false, false, true, false, 0, 0)] // lets go of nothing
    [InlineData(false, true, true, false, 1, 1)]
    [InlineData(true, false, true, false, 1, 1)]
    [InlineData(true, true, true, false, 2, 2)]
    [InlineData(false, false, true, true, 0, -1)] // in place of a deletion that goes at once
    [InlineData(false, true, true, true, 1, 0)]
    [InlineData(true, true, true, true, 2, 1)]
    [InlineData(true, true, false, false, 2, 1)] // below the newest
    public void E4_WhatIsWrittenIsCountedAsAWalkWouldHave(bool isTombstone, bool letsGo, bool isNewest, bool replacesDeletion, long due, long rows)
    {
        var tally = new GarbageTally(Rule(0, [], Deletes));
        var row = new TierRow("k"u8.ToArray(), 5, 5, isTombstone ? (ReadOnlyMemory<byte>?)null : "x"u8.ToArray());
        tally.AddWritten(row, !letsGo, isNewest, replacesDeletion);
        Due(tally, Deletes, 4, 5).Should().Equal(0, due);
        tally.Rows.Should().Be(rows);
    }

    [Fact]
    public void E2_WhatAPinSparedIsDueOnceItIsClosed()
    {
        var (early, late) = (new Pin(3, 3), new Pin(6, 6));
        var tally = new GarbageTally(Rule(8, [], null, early, late));
        Left(tally, Entry(9), Entry(7), Entry(5), Entry(3)); // 5 and 3 are seen by one each
        Open(early, late).Should().Be(0);
        Open(early).Should().Be(1);
        Open().Should().Be(2);
        Open(new Pin(1, 1)).Should().Be(2);

        long? Open(params Pin[] pins) => tally.DueBy(Rule(8, [], null, pins));
    }

    [Theory]
    [InlineData(8UL, 8UL, 1)] // the pin sees the deletion
    [InlineData(8UL, 3UL, 2)] // it sees what the deletion hides, and both go
    [InlineData(7UL, 7UL, 1)] // the same where the floor has just reached the deletion
    [InlineData(7UL, 3UL, 2)]
    public void E4_ADeletionIsDueOnceNobodySeesItOrAnythingOlder(ulong floor, ulong pinnedAt, long due)
    {
        var pin = new Pin(pinnedAt, pinnedAt);
        var tally = new GarbageTally(Rule(floor, [], Deletes, pin));
        Left(tally, Entry(7, isTombstone: true), Entry(3, isKept: pinnedAt == 3));
        tally.DueBy(Rule(floor, [], Deletes, pin)).Should().Be(0);
        tally.DueBy(Rule(floor, [], Deletes)).Should().Be(due);
    }

    [Fact]
    public void E4_OfSeveralPinsTheOneThatSeesTheDeletionHoldsIt()
    {
        var (early, late) = (new Pin(3, 3), new Pin(8, 8));
        var tally = new GarbageTally(Rule(8, [], Deletes, early, late));
        Left(tally, Entry(7, isTombstone: true), Entry(3));
        tally.DueBy(Rule(8, [], Deletes, late)).Should().Be(1, "what the other one saw");
        tally.DueBy(Rule(8, [], Deletes, early)).Should().Be(1);
        tally.DueBy(Rule(8, [], Deletes)).Should().Be(2);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void E4_TheNewestStaysIfItIsNoDeletionOrDeletionsStay(bool deletes, bool isTombstone)
    {
        var plan = deletes ? Deletes : RetentionPlan.KeepEverything;
        var tally = new GarbageTally(Rule(8, [], plan, new Pin(3, 3)));
        Left(tally, Entry(7, isTombstone), Entry(3));
        tally.DueBy(Rule(8, [], plan)).Should().Be(1);
    }

    [Fact]
    public void E1_WithFewerToKeepNothingIsKnown()
    {
        var plan = new RetentionPlan(new Retention(perKey: 2), []);
        var tally = new GarbageTally(Rule(2, [], plan));
        tally.DueBy(Rule(2, [], plan)).Should().Be(0);
        tally.DueBy(Rule(2)).Should().BeNull();
        tally.DueBy(Rule(2, [], new RetentionPlan(new Retention(perKey: 3), []))).Should().Be(0);
    }

    private static RetentionRule Rule(ulong floor, Dictionary<EntryKind, CommitVersion>? kinds = null, RetentionPlan? plan = null, params Pin[] pins)
        => new(new FloorSet(floor, kinds ?? []), pins, TestClassifier.Instance, plan ?? RetentionPlan.KeepEverything);

    private static IEnumerable<long> Due(GarbageTally tally, params ulong[] floors) => Due(tally, RetentionPlan.KeepEverything, floors);

    private static IEnumerable<long> Due(GarbageTally tally, RetentionPlan plan, params ulong[] floors) => floors.Select(floor => tally.DueBy(Rule(floor, [], plan))!.Value);

    private static (VersionStamp Stamp, bool IsKept) Entry(ulong version, bool isTombstone = false, bool isKept = true)
        => (new VersionStamp(version, version) { IsTombstone = isTombstone }, isKept);

    private static void Left(GarbageTally tally, params (VersionStamp Stamp, bool IsKept)[] newestFirst)
        => tally.AddLeft("k"u8, [.. newestFirst.Select(e => e.Stamp)], [.. newestFirst.Select(e => e.IsKept)]);
}
