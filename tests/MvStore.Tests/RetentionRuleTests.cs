using MvStore.Tests.Model;

namespace MvStore.Tests;

/// <summary>The rule against the plainest form of the contract's clause, over sparse and out-of-order versions and many pins.</summary>
public sealed class RetentionRuleTests
{
    private static readonly FirstByteClassifier Classifier = new(precise: true);

    [Fact]
    public void E4_TheFloorOfAKeyIsThatOfItsKindOrItsOwnAndForgettingIsToldBefore()
    {
        var told = 0;
        var plan = new RetentionPlan(new Retention(), []) { ReclaimsDeletedKeys = true };
        var rule = new RetentionRule(new FloorSet(5, [], [new KeyFloor("m"u8.ToArray(), 9)]), [], Classifier, plan) { OnForgetting = () => told++ };
        rule.FloorOf("m"u8).Should().Be((CommitVersion)9);
        rule.FloorOf("n"u8).Should().Be((CommitVersion)5);
        var keep = new bool[1];
        rule.Decide("n"u8, [new VersionStamp(5, 1)], keep).Should().Be(0);
        rule.Decide("n"u8, [new VersionStamp(6, 1) { IsTombstone = true }], keep).Should().Be(0);
        told.Should().Be(0);
        rule.Decide("n"u8, [new VersionStamp(5, 1) { IsTombstone = true }], keep).Should().Be(1);
        told.Should().Be(1);
    }

    [Fact]
    public void E1_E7_TheRuleIsTheClauseAndItsExplanationTheRule()
    {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            RequireClause(random);
        }
    }

    [Fact]
    public void E1_SparseVersionsAndALateOne()
    {
        // A pin at 50, opened before 40 was published: 10 stays for it, and 40 for nobody.
        var rule = new RetentionRule(new FloorSet(60, []), [new Pin(50, 2)], Classifier);
        var verdicts = new RetentionVerdict[3];
        rule.Explain("m"u8, [new(60, 2), new(40, 3), new(10, 1)], verdicts);
        verdicts.Should().Equal(
            new RetentionVerdict(RetentionReason.NewestAtFloor, 0, null),
            new RetentionVerdict(RetentionReason.Reclaimable, 0, null),
            new RetentionVerdict(RetentionReason.Pinned, 1, new Pin(50, 2)));
    }

    [Fact]
    public void A1_ADropWithinTheReachOfItsKindsFloorWaivesNothing()
    {
        var floors = new FloorSet(5, [], [new KeyFloor("m"u8.ToArray(), 5), new KeyFloor("n"u8.ToArray(), 6), new KeyFloor("z"u8.ToArray(), 9)]);
        var rule = new RetentionRule(floors, [], Classifier, new RetentionPlan(new Retention(perKey: 2), []));
        VersionStamp[] entries = [new(4, 2), new(3, 1)];
        var keep = new bool[2];
        rule.Decide("m"u8, entries, keep).Should().Be(0, "it is kept as all of its kind are");
        rule.Decide("n"u8, entries, keep).Should().Be(1);
    }

    [Fact]
    public void E2_APinOfARangeSeesNothingOutsideOfIt()
    {
        var rule = new RetentionRule(new FloorSet(60, []), [new Pin(20, 9) { Scope = KeyRange.Prefix("m"u8) }], Classifier);
        VersionStamp[] entries = [new(60, 2), new(10, 1)];
        var keep = new bool[2];
        rule.Decide("m"u8, entries, keep).Should().Be(0);
        rule.Decide("n"u8, entries, keep).Should().Be(1);
        keep.Should().Equal(true, false);
    }

    [Fact]
    public void B10_AKindMayDifferInItsFloorAloneOrInWhatItKeepsAlone()
    {
        byte[] ofOperator = [FirstByteOf(FirstByteClassifier.Operator)];
        byte[] ofMulti = [FirstByteOf(EntryKind.Multi)];
        VersionStamp[] entries = [new(9, 2), new(5, 1)];
        var keep = new bool[2];
        var floors = new RetentionRule(new FloorSet(0, [new(FirstByteClassifier.Operator, 9)]), [], Classifier);
        floors.Decide(ofOperator, entries, keep).Should().Be(1);
        floors.Decide(ofMulti, entries, keep).Should().Be(0);
        var plan = new RetentionPlan(new Retention(), [new(FirstByteClassifier.Operator, new Retention(perKey: 2))]);
        var kept = new RetentionRule(new FloorSet(9, []), [], Classifier, plan);
        kept.Decide(ofOperator, entries, keep).Should().Be(0);
        kept.Decide(ofMulti, entries, keep).Should().Be(1);
        kept.KindOf(ofOperator).Should().Be(FirstByteClassifier.Operator);
    }

    [Fact]
    public void E1_VerdictsMustBeAsManyAsEntries()
    {
        var rule = new RetentionRule(FloorSet.None, [], Classifier);
        var wrong = Assert.Throws<ArgumentException>(() => rule.Explain([], [new VersionStamp(1, 1)], []));
        (wrong.ParamName, wrong.Message).Should().Be(("verdicts", "0 verdicts for 1 entries. (Parameter 'verdicts')"));
        Assert.Throws<ArgumentException>(() => rule.Decide([], [new VersionStamp(1, 1)], new bool[2])).ParamName.Should().Be("keep");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(null!, [], Classifier)).ParamName.Should().Be("floors");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(FloorSet.None, null!, Classifier)).ParamName.Should().Be("pins");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(FloorSet.None, [], null!)).ParamName.Should().Be("classifier");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(FloorSet.None, [], Classifier, null!)).ParamName.Should().Be("plan");
    }

    private static void RequireClause(Random random)
    {
        byte[] key = [random.Next(2) == 0 ? FirstByteOf(EntryKind.Multi) : FirstByteOf(FirstByteClassifier.Operator)];
        var entries = Enumerable.Range(1, random.Next(1, 12))
            .Select(sequence => (Order: random.Next(), Sequence: (ulong)sequence))
            .OrderBy(e => e.Order)
            .Select((e, i) => new VersionStamp((ulong)((i * 5) + random.Next(1, 5)), e.Sequence) { IsTombstone = random.Next(2) == 0 })
            .Reverse().ToArray();
        var pins = Enumerable.Range(0, random.Next(6)).Select(_ => new Pin((ulong)random.Next(60), (ulong)random.Next(12))).ToArray();
        var ofKinds = new FloorSet((ulong)random.Next(60), [new(FirstByteClassifier.Operator, (ulong)random.Next(60))]);
        var drop = (CommitVersion)(ulong)random.Next(60);
        var floors = random.Next(3) == 0 ? new FloorSet(ofKinds.Default, ofKinds.ByKind, [new KeyFloor(key, drop)]) : ofKinds;
        var plan = new RetentionPlan(
            new Retention(perKey: random.Next(1, 4)),
            [new(FirstByteClassifier.Operator, new Retention(perKey: random.Next(1, 4)) { KeepsDeletedKeys = random.Next(2) == 0 })])
        {
            ReclaimsDeletedKeys = random.Next(3) != 0,
        };

        var kind = Classifier.Classify(key);
        var isDropped = floors.ByKey.Count > 0 && drop > ofKinds.Of(kind);
        var floor = isDropped ? drop : ofKinds.Of(kind);
        var atFloor = entries.Where(e => e.Version <= floor).Take(isDropped ? 1 : plan.Of(kind).PerKey).ToArray();
        var seen = pins.Distinct()
            .Select(p => (Pin: p, Entry: entries.Where(e => e.Version <= p.At && e.Sequence <= p.Sequence).Select(e => (VersionStamp?)e).FirstOrDefault()))
            .ToArray();
        var expected = entries.Select(e => e.Version > floor ? RetentionReason.AboveFloor
            : e == atFloor[0] ? RetentionReason.NewestAtFloor
            : atFloor.Contains(e) ? RetentionReason.RetainedPerKey
            : seen.Any(s => s.Entry == e) ? RetentionReason.Pinned
            : RetentionReason.Reclaimable).ToArray();
        var forgets = plan.ReclaimsDeletedKeys && !plan.Of(kind).KeepsDeletedKeys;
        var heldBy = Array.Empty<Pin>();
        var deletionAt = forgets && atFloor is [{ IsTombstone: true } deletion] ? Array.IndexOf(entries, deletion) : -1;
        if (deletionAt >= 0)
        {
            heldBy = [.. seen.Where(s => s.Entry is { } entry && entry.Version <= entries[deletionAt].Version).Select(s => s.Pin)];
            expected[deletionAt] = heldBy.Length == 0 ? RetentionReason.Reclaimable : expected[deletionAt];
        }

        var rule = new RetentionRule(floors, pins, Classifier, plan);
        var verdicts = new RetentionVerdict[entries.Length];
        rule.Explain(key, entries, verdicts);
        verdicts.Select(v => v.Reason).Should().Equal(expected);
        verdicts.Select(v => v.Pins).Should().Equal(entries.Select(e => seen.Count(s => s.Entry == e)));
        verdicts.Select(v => v.Pin).Should().Equal(entries.Select(e => seen.Where(s => s.Entry == e).Select(s => (Pin?)s.Pin).FirstOrDefault()), "the first that sees it is named");

        var held = rule.DeletionHeldByOne(key, entries);
        held.Index.Should().Be(heldBy.Length == 1 ? deletionAt : -1);
        (heldBy.Length == 1 ? held.Pin : default).Should().Be(heldBy.Length == 1 ? heldBy[0] : default);

        var keep = new bool[entries.Length];
        Array.Fill(keep, random.Next(2) == 0);
        rule.Decide(key, entries, keep).Should().Be(expected.Count(r => r == RetentionReason.Reclaimable));
        keep.Should().Equal(expected.Select(r => r != RetentionReason.Reclaimable));
    }

    [Fact]
    public void E1_AFloorOfAKeyThatItsKindHasReachedWaivesNothing()
    {
        byte[] key = [FirstByteOf(EntryKind.Multi)];
        byte[] other = [.. key, 1];
        var floors = new FloorSet(10, [], [new KeyFloor(key, 10), new KeyFloor(other, 20)]);
        var rule = new RetentionRule(floors, [], Classifier, new RetentionPlan(new Retention(perKey: 2), []));
        VersionStamp[] entries = [new(9, 3), new(8, 2), new(7, 1)];
        var keep = new bool[3];
        rule.Decide(key, entries, keep).Should().Be(1);
        keep.Should().Equal([true, true, false], "its kind keeps two");
        rule.Decide(other, entries, keep).Should().Be(2);
        keep.Should().Equal([true, false, false], "a drop waives retention");
    }

    private static byte FirstByteOf(EntryKind kind)
        => Enumerable.Range(0, 256).Select(b => (byte)b).First(b => Classifier.Classify([b]) == kind);
}
