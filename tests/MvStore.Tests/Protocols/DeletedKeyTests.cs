using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// One key that is deleted, in two tiers (DESIGN 3, "Deleted keys"): a value at 1, a deletion at 2, a value at 3, published in any order, flushed, evicted oldest first,
/// lost in a crash; the collector, step by step; a snapshot that others hold; a reader without a pin, with one, and one that steps back from what its pin sees. I20 to I24.
/// </summary>
public sealed class DeletedKeyTests(ITestOutputHelper output)
{
    private static readonly int[] VersionNumbers = [1, 2, 3];

    public enum Fault
    {
        None,
        MemoryKeepsWhatIsNotFinal,
        FloorsAreNotPublishedAnew,
        PinsAreNotReadAgain,
        TierFirst,
        DeletionGoesAlone,
        PinsAreIgnored,
        FloorAboveDurable,
        CommitsBelowTheFloor,
        StepBackReadsOnce,
    }

    [Fact]
    public void E4_nothing_older_than_a_deletion_comes_back_with_a_snapshot_and_a_crash()
        => Closes("deleted key", WithSnapshot(Fault.None), output);

    [Fact]
    public void E4_nothing_older_than_a_deletion_comes_back_to_a_reader_that_is_under_way()
        => Closes("deleted key, reader", WithReader(Fault.None), output);

    [Theory]
    [InlineData(Fault.MemoryKeepsWhatIsNotFinal, "B1-PRESENT")]
    [InlineData(Fault.FloorsAreNotPublishedAnew, "B1-ANSWER")]
    [InlineData(Fault.PinsAreNotReadAgain, "B1-ANSWER")]
    [InlineData(Fault.TierFirst, "B1-PRESENT")]
    [InlineData(Fault.DeletionGoesAlone, "B1-PRESENT")]
    [InlineData(Fault.PinsAreIgnored, "B1-PRESENT")]
    [InlineData(Fault.FloorAboveDurable, "B1-PRESENT")]
    [InlineData(Fault.CommitsBelowTheFloor, "B1-PRESENT")]
    [InlineData(Fault.StepBackReadsOnce, "B1-ANSWER")]
    public void Deleted_key_faults_are_caught(Fault fault, string rule)
        => Catches("deleted key", rule == "B1-ANSWER" ? WithReader(fault) : WithSnapshot(fault), fault.ToString(), rule, output);

    private static Spec<DeletedKeyState> WithSnapshot(Fault fault)
        => Collecting(fault)
            .Action("Crash", s => s.Published > 0 && s.Crashes == 0, s => s.Crash())
            .Action("Open snapshot", VersionNumbers, (s, at) => !s.Held.IsOpen && at >= s.Floor, (s, at) => s with { Held = new PinState((byte)at, s.Published, true) })
            .Action("Close snapshot", s => s.Held.IsOpen, s => s with { Held = default })
            .Invariant("C1-HELD", "A snapshot sees what it saw.", s => !s.Held.IsOpen || s.Best(s.Held.At, s.Held.View) == s.Truth(s.Held.At, s.Held.View))
            .Reachable("GONE", "A key that was deleted is in neither tier, and nothing says that it was.", s =>
                s.SequenceOf(2) != 0 && s.SequenceOf(1) != 0 && (s.Chain | s.Disk) == 0)
            .Reachable("CAME-BACK", "A key that went is written again.", s => (s.Chain | s.Disk) == 8 && s.SequenceOf(2) != 0 && s.SequenceOf(1) != 0)
            .Reachable("LATE-BELOW", "Memory has what a deletion on disk hides.", s => s.Chain == 2 && Has(s.Disk, 2) && !s.IsFinal(1))
            .Terminal(_ => false);

    private static Spec<DeletedKeyState> WithReader(Fault fault)
    {
        ReaderKind[] kinds = [ReaderKind.Point, ReaderKind.Pinned, ReaderKind.StepBack];
        return Collecting(fault)
            .Action("Begin to read", kinds, (s, _) => s.Reader == ReaderStep.Idle, (s, kind) => s with
            {
                Reader = ReaderStep.FloorsLoaded,
                Kind = kind,
                FloorSeen = s.Floor,
            })
            .Action("Load publication", VersionNumbers, (s, at) => s.Reader == ReaderStep.FloorsLoaded && at >= s.FloorSeen, (s, at) => s.Capture(at))
            .Action("Check floors", s => s.Reader == ReaderStep.PinAdded, s => s.IsStale ? s.EndRead() : s with { Reader = ReaderStep.Captured })
            .Action("Read memory", s => s.Reader == ReaderStep.Captured, s => s.ReadMemory())
            .Action("Ask tier", s => s.Reader == ReaderStep.MemoryRead, s => s.AskTier())
            .Action("Judge", s => s.Reader == ReaderStep.Judging, s => s.Judge(fault))
            .Action("End read", s => s.Reader == ReaderStep.Answered, s => s.EndRead())
            .Invariant("B1-ANSWER", "A read answers as of one moment.", s => s.Reader != ReaderStep.Answered || s.Answer == s.Truth(s.At, s.View))
            .Reachable("READ-AGAIN", "A read that spans both sweeps begins anew.", s => s.Reader == ReaderStep.Judging && s.IsStale && s.Sweep == SweepStep.Renewed)
            .Terminal(_ => false);
    }

    private static Spec<DeletedKeyState> Collecting(Fault fault)
    {
        var memory = fault == Fault.TierFirst ? SweepStep.PinsReadAgain : SweepStep.PinsRead;

        return Spec.From(new DeletedKeyState { IsWhole = true })
            .Action("Commit", VersionNumbers, (s, v) => s.SequenceOf(v) == 0 && (v > s.Floor || fault == Fault.CommitsBelowTheFloor), (s, v) => s.Commit(v))
            .Action("Flush", s => s.Mark < s.Published, s => s.Flush())
            .Action("Evict oldest", s => s.MayEvict, s => s.Evict())
            .Action("Raise floor", s => s.Sweep == SweepStep.Idle && s.HighestFloor(fault == Fault.FloorAboveDurable) > s.Floor, s => s.RaiseFloor(fault == Fault.FloorAboveDurable))
            .Action("Run again", s => s.Sweep == SweepStep.Idle && s.Floor > 0, s => s with { Sweep = SweepStep.FloorRaised })
            .Action("Read pins", s => s.Sweep == SweepStep.FloorRaised, s => s.ReadPins(SweepStep.PinsRead))
            .Action("Sweep memory", s => s.Sweep == memory, s => s.SweepMemory(fault) with { Sweep = fault == Fault.TierFirst ? SweepStep.Idle : SweepStep.MemorySwept })
            .Action("Publish floors anew", s => s.Sweep == (fault == Fault.TierFirst ? SweepStep.TierSwept : SweepStep.MemorySwept), s => s.Renew(fault))
            .Action("Read pins again", s => s.Sweep == SweepStep.Renewed, s => fault == Fault.PinsAreNotReadAgain ? s with { Sweep = SweepStep.PinsReadAgain } : s.ReadPins(SweepStep.PinsReadAgain))
            .Action("Sweep tier", s => s.Sweep == (fault == Fault.TierFirst ? SweepStep.PinsRead : SweepStep.PinsReadAgain), s => s.SweepTier(fault) with { Sweep = fault == Fault.TierFirst ? SweepStep.TierSwept : SweepStep.Idle })
            .Invariant("B1-PRESENT", "Who reads both tiers at one instant, from any version at or above the floor, gets the truth.", s => s.IsPresentRight());
    }
}
