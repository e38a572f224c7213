using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// One lease over crashes and reopenings (DESIGN 10, I29): it is opened, lapses and ends; a collector raises the floor, reads the pins and removes what none protects; the process dies at any step; the time of day may say
/// anything when the store is opened again, also that a lease which had lapsed has not.
/// </summary>
public sealed class LeaseTests(ITestOutputHelper output)
{
    private const int Crashes = 2;

    public enum Fault
    {
        None,
        UnpinnedBeforeTheNoteForgets,
        NotedBeforeItIsPinned,
        LapsedOnesNotPinnedWhenReopened,
        ReclaimedBeforeItIsRestored,
    }

    private enum Lease
    {
        None,
        Pinned,
        Checked,
        Held,
        Lapsed,
        Forgotten,
        Ended,
    }

    private enum Collecting
    {
        Start,
        Raised,
        Looked,
        Done,
    }

    [Fact]
    public void C2_what_the_note_lists_is_there()
        => Closes("lease", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.UnpinnedBeforeTheNoteForgets, "I29-KEPT")]
    [InlineData(Fault.NotedBeforeItIsPinned, "I29-KEPT")]
    [InlineData(Fault.LapsedOnesNotPinnedWhenReopened, "I29-KEPT")]
    [InlineData(Fault.ReclaimedBeforeItIsRestored, "I29-KEPT")]
    public void Lease_faults_are_caught(Fault fault, string rule)
        => Catches("lease", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(new State())
            .Action("Open: pin", s => s.IsReady && s.Phase == Lease.None && !s.IsRaised, s =>
                s with { Phase = Lease.Pinned, IsPinned = fault != Fault.NotedBeforeItIsPinned })
            .Action("Open: look at the floor again", s => s.IsReady && s.Phase == Lease.Pinned, s => s.IsRaised
                ? s with { Phase = Lease.Ended, IsPinned = false }
                : s with { Phase = Lease.Checked })
            .Action("Open: note", s => s.IsReady && s.Phase == Lease.Checked, s => s with { Phase = Lease.Held, IsNoted = true, IsPinned = true })
            .Action("Lapse", s => s.IsReady && s.Phase == Lease.Held && s.IsPinned, s =>
                s with { Phase = Lease.Lapsed, IsPinned = fault != Fault.UnpinnedBeforeTheNoteForgets })
            .Action("End: the note forgets", s => s.IsReady && s.Phase == Lease.Lapsed, s => s with { Phase = Lease.Forgotten, IsNoted = false })
            .Action("End: unpin", s => s.IsReady && s.Phase == Lease.Forgotten, s => s with { Phase = Lease.Ended, IsPinned = false })
            .Action("Collector: raise the floor", s => s.CanCollect(fault) && s.Collector == Collecting.Start, s => s with { Collector = Collecting.Raised, IsRaised = true })
            .Action("Collector: read the pins", s => s.CanCollect(fault) && s.Collector == Collecting.Raised, s =>
                s with { Collector = Collecting.Looked, HasSeenPin = s.IsPinned })
            .Action("Collector: remove", s => s.CanCollect(fault) && s.Collector == Collecting.Looked, s =>
                s with { Collector = Collecting.Done, IsRemoved = s.IsRemoved || !s.HasSeenPin })
            .Action("Collector: begin again", s => s.IsReady && s.Collector == Collecting.Done && !s.IsRemoved, s => s with { Collector = Collecting.Start })
            .Action("Crash", s => s.IsReady && s.Crashed < Crashes, s => s with
            {
                Crashed = (byte)(s.Crashed + 1),
                IsOpening = true,
                IsPinned = false,
                HasSeenPin = false,
                Collector = Collecting.Start,
                Phase = Lease.None,
            })
            .Action("Reopen: within the limit", s => s.IsOpening, s => s.Reopened(Lease.Held, isPinned: true))
            .Action("Reopen: past the limit", s => s.IsOpening, s => s.Reopened(Lease.Lapsed, fault != Fault.LapsedOnesNotPinnedWhenReopened))
            .Invariant("I29-KEPT", "What a lease sees is there as long as it is held.", s => s.IsOpening || s.Phase != Lease.Held || !s.IsRemoved)
            .Reachable("OUTLIVES", "A lease outlives the process while the collector is through.", s =>
                s.Crashed == Crashes && s.Phase == Lease.Held && s.Collector == Collecting.Done)
            .Reachable("SET-BACK", "A lease lapses, and is held again because the clock was set back.", s => s.Phase == Lease.Held && s.HasLapsed)
            .Reachable("REMOVED", "After its end what it saw is removed.", s => s.Phase == Lease.Ended && s.IsRemoved)
            .Terminal(s => s.IsReady && s.Phase is Lease.Ended or Lease.None && s.IsRemoved);

    private readonly record struct State(
        Lease Phase = Lease.None,
        bool IsPinned = false,
        bool IsNoted = false,
        bool IsRaised = false,
        Collecting Collector = Collecting.Start,
        bool HasSeenPin = false,
        bool IsRemoved = false,
        bool IsOpening = false,
        bool HasLapsed = false,
        byte Crashed = 0)
    {
        public bool IsReady => !IsOpening;

        public bool CanCollect(Fault fault) => IsReady || fault == Fault.ReclaimedBeforeItIsRestored;

        public State Reopened(Lease phase, bool isPinned)
            => (IsNoted ? this with { Phase = phase, IsPinned = isPinned, HasLapsed = HasLapsed || phase == Lease.Lapsed } : this with { Phase = Lease.None }) with { IsOpening = false };
    }
}
