using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// What reclamation and a change feed know of each other (DESIGN 13, I48 and I49): one commit that was not read, and a later one that hides it; a collector that raises the floor, stores it and removes; a reader that scans and then asks
/// whether it may have missed something; a hold that is made, noted, lapses and ends; crashes between any two steps, after which the time of day may say that a hold which had lapsed has not.
/// </summary>
public sealed class ChangeHoldTests(ITestOutputHelper output)
{
    private const int Crashes = 2;

    public enum Fault
    {
        None,
        ReclaimedToldAfterItIsRemoved,
        AskedBeforeTheScan,
        HeldWithoutALookAtWhatIsReclaimed,
        NotedBeforeItIsClaimed,
        ReleasedBeforeTheNoteForgets,
        LapsedOnesNotClaimedWhenReopened,
        ReopenedAsIfNothingWasReclaimed,
        FloorPassesWhatIsHeld,
    }

    private enum Hold
    {
        None,
        Claimed,
        Held,
        Lapsed,
        Forgotten,
        Ended,
    }

    private enum Collecting
    {
        Start,
        Raised,
        Stored,
        Removed,
    }

    private enum Reader
    {
        Start,
        Scanned,
        Told,
        Refused,
    }

    [Fact]
    public void E1_what_is_held_stays_and_what_is_gone_is_told()
        => Closes("change hold", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.ReclaimedToldAfterItIsRemoved, "I48-TOLD")]
    [InlineData(Fault.AskedBeforeTheScan, "I48-TOLD")]
    [InlineData(Fault.HeldWithoutALookAtWhatIsReclaimed, "I49-HELD")]
    [InlineData(Fault.NotedBeforeItIsClaimed, "I49-HELD")]
    [InlineData(Fault.ReleasedBeforeTheNoteForgets, "I49-HELD")]
    [InlineData(Fault.LapsedOnesNotClaimedWhenReopened, "I49-HELD")]
    [InlineData(Fault.ReopenedAsIfNothingWasReclaimed, "I48-TOLD")]
    [InlineData(Fault.FloorPassesWhatIsHeld, "I49-HELD")]
    public void Change_hold_faults_are_caught(Fault fault, string rule)
        => Catches("change hold", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        var spec = Spec.From(new State())
            .Action("Collector: raise the floor", s => s.Collector == Collecting.Start && (!s.IsClaimed || fault == Fault.FloorPassesWhatIsHeld), s => s with
            {
                Collector = Collecting.Raised,
                IsToldReclaimed = s.IsToldReclaimed || fault != Fault.ReclaimedToldAfterItIsRemoved,
            })
            .Action("Collector: store the floor", s => s.Collector == Collecting.Raised, s => s with { Collector = Collecting.Stored, HasFloor = true })
            .Action("Collector: remove", s => s.Collector == Collecting.Stored, s => s with { Collector = Collecting.Removed, IsGone = true })
            .Action("Hold: claim", s => s.Phase == Hold.None && (s.CanBeClaimed || fault == Fault.HeldWithoutALookAtWhatIsReclaimed), s =>
                s with { Phase = Hold.Claimed, IsClaimed = fault != Fault.NotedBeforeItIsClaimed })
            .Action("Hold: note", s => s.Phase == Hold.Claimed, s => s with { Phase = Hold.Held, IsNoted = true, IsClaimed = s.IsClaimed || fault != Fault.NotedBeforeItIsClaimed })
            .Action("Hold: lapse", s => s.Phase == Hold.Held, s => s with { Phase = Hold.Lapsed, IsClaimed = s.IsClaimed && fault != Fault.ReleasedBeforeTheNoteForgets })
            .Action("Hold: the note forgets", s => s.Phase == Hold.Lapsed, s => s with { Phase = Hold.Forgotten, IsNoted = false })
            .Action("Hold: release", s => s.Phase == Hold.Forgotten, s => s with { Phase = Hold.Ended, IsClaimed = false })
            .Action("Crash, reopened within the limit", s => s.Crashed < Crashes, s => s.Reopened(Hold.Held, isClaimed: true, fault))
            .Action("Crash, reopened past the limit", s => s.Crashed < Crashes && s.IsNoted, s =>
                s.Reopened(Hold.Lapsed, isClaimed: fault != Fault.LapsedOnesNotClaimedWhenReopened, fault))
            .Action("Reader: leave", s => s.Reader is Reader.Told or Reader.Refused, s => s with { Reader = Reader.Start, HasSeen = false, HasAsked = false });
        spec = fault switch
        {
            Fault.AskedBeforeTheScan => spec
                .Action("Reader: ask", s => s.Reader == Reader.Start, s => s with { Reader = Reader.Scanned, HasAsked = s.IsToldReclaimed })
                .Action("Reader: scan", s => s.Reader == Reader.Scanned, s => s with { Reader = s.HasAsked ? Reader.Refused : Reader.Told, HasSeen = !s.IsGone }),
            _ => spec
                .Action("Reader: scan", s => s.Reader == Reader.Start, s => s with { Reader = Reader.Scanned, HasSeen = !s.IsGone })
                .Action("Reader: ask", s => s.Reader == Reader.Scanned, s => s with { Reader = s.IsToldReclaimed ? Reader.Refused : Reader.Told }),
        };
        if (fault == Fault.ReclaimedToldAfterItIsRemoved)
        {
            spec = spec.Action("Collector: tell", s => s.Collector == Collecting.Removed && !s.IsToldReclaimed, s => s with { IsToldReclaimed = true });
        }

        return spec
            .Invariant("I48-TOLD", "Who is told that nothing is missing has seen it.", s => s.Reader != Reader.Told || s.HasSeen)
            .Invariant("I49-HELD", "What is held is there, and readable.", s => s.Phase != Hold.Held || (!s.IsGone && !s.IsToldReclaimed))
            .Reachable("OUTLIVES", "A hold outlives two crashes, and its changes are read.", s => s.Crashed == Crashes && s.Phase == Hold.Held && s.Reader == Reader.Told)
            .Reachable("REFUSED", "What is gone is refused after a crash.", s => s.Crashed > 0 && s.IsGone && s.Reader == Reader.Refused)
            .Reachable("NOT-STORED", "A floor that was not stored when the process died is forgotten, and with it the refusal.", s => s.HasForgottenFloor && s.Reader == Reader.Told)
            .Terminal(_ => false);
    }

    private readonly record struct State(
        Hold Phase = Hold.None,
        bool IsClaimed = false,
        bool IsNoted = false,
        Collecting Collector = Collecting.Start,
        bool IsToldReclaimed = false,
        bool HasFloor = false,
        bool HasForgottenFloor = false,
        bool IsGone = false,
        Reader Reader = Reader.Start,
        bool HasSeen = false,
        bool HasAsked = false,
        byte Crashed = 0)
    {
        // With the fault of telling late the collector's step would be in the way of holds too: then that is left to the reader.
        public bool CanBeClaimed => !IsToldReclaimed && Collector == Collecting.Start;

        // Without a hold everything is taken for reclaimed once there is a floor.
        public State Reopened(Hold phase, bool isClaimed, Fault fault) => this with
        {
            Phase = IsNoted ? phase : Hold.None,
            IsClaimed = IsNoted && isClaimed,
            IsToldReclaimed = HasFloor && !IsNoted && fault != Fault.ReopenedAsIfNothingWasReclaimed,
            HasForgottenFloor = HasForgottenFloor || (Collector == Collecting.Raised && !HasFloor),
            Collector = HasFloor ? Collecting.Stored : Collecting.Start,
            Reader = Reader.Start,
            HasSeen = false,
            HasAsked = false,
            Crashed = (byte)(Crashed + 1),
        };
    }
}
