using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The release of a disposed heap: two readers that were inside leave while somebody announces the release. Each of the three may be the one that carries
/// it out; nobody waits for another, and it must not be forgotten. A leaving reader's store waits in its store buffer.
/// </summary>
public sealed class ReleaseTests(ITestOutputHelper output)
{
    private const int Announcer = 2;
    private static readonly int[] All = [0, 1, Announcer];
    private static readonly int[] Readers = [0, 1];

    public enum Fault
    {
        None,
        NoBarrierOnAnnouncing,
        NoSecondLook,
        RequestTakenAfterLooking,
        ReleasedWithoutLooking,
    }

    private enum Phase
    {
        Start,
        Stored,
        Announced,
        Asking,
        Trying,
        Holding,
        Taken,
        Looked,
        Done,
    }

    [Fact]
    public void A_release_is_neither_forgotten_nor_early()
        => Closes("release", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.NoBarrierOnAnnouncing, "NOT-FORGOTTEN")]
    [InlineData(Fault.NoSecondLook, "NOT-FORGOTTEN")]
    [InlineData(Fault.RequestTakenAfterLooking, "NOT-FORGOTTEN")]
    [InlineData(Fault.ReleasedWithoutLooking, "NOT-EARLY")]
    public void Release_faults_are_caught(Fault fault, string rule)
        => Catches("release", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(new State(Inside: 3, Words: 3))
            .Action("Reader: leave", Readers, (s, r) => s.PhaseOf(r) == Phase.Start, (s, r) =>
                s.To(r, Phase.Stored) with { Inside = Without(s.Inside, r), Buffered = With(s.Buffered, r) })
            .Action("Reader: word drains", Readers, (s, r) => Has(s.Buffered, r), (s, r) => s.Drain(1 << r))
            .Action("Reader: look for announcements", Readers, (s, r) => s.PhaseOf(r) == Phase.Stored, (s, r) =>
                s.To(r, s.IsAnnounced ? Phase.Asking : Phase.Done))
            .Action("Announce", s => s.PhaseOf(Announcer) == Phase.Start, s => s.To(Announcer, Phase.Announced) with { IsAnnounced = true })
            .Action("Barrier", s => s.PhaseOf(Announcer) == Phase.Announced, s =>
                (fault == Fault.NoBarrierOnAnnouncing ? s : s.Drain(3)).To(Announcer, Phase.Asking))
            .Action("Ask", All, (s, t) => s.PhaseOf(t) == Phase.Asking, (s, t) => s.Drain(1 << t).To(t, Phase.Trying) with { IsAsked = true })
            .Action("Try to begin", All, (s, t) => s.PhaseOf(t) == Phase.Trying, (s, t) => s.IsAsked && s.Holder == 0
                ? s.To(t, Phase.Holding) with { Holder = (byte)(t + 1) }
                : s.To(t, Phase.Done))
            .Action("Take the request", All, (s, t) => s.PhaseOf(t) == Phase.Holding, (s, t) =>
                (fault == Fault.RequestTakenAfterLooking ? s : s with { IsAsked = false }).To(t, Phase.Taken))
            .Action("Look at the words", All, (s, t) => s.PhaseOf(t) == Phase.Taken, (s, t) =>
                s.To(t, Phase.Looked) with { IsReleased = s.IsReleased || s.Words == 0 || fault == Fault.ReleasedWithoutLooking })
            .Action("End", All, (s, t) => s.PhaseOf(t) == Phase.Looked, (s, t) =>
                s.To(t, fault == Fault.NoSecondLook ? Phase.Done : Phase.Trying) with
                {
                    Holder = 0,
                    IsAsked = fault != Fault.RequestTakenAfterLooking && s.IsAsked,
                })
            .Invariant("NOT-EARLY", "Nothing is released while somebody is inside.", s => !s.IsReleased || s.Inside == 0)
            .Invariant("NOT-FORGOTTEN", "When all are through, it is released.", s => s.IsReleased || All.Any(t => s.PhaseOf(t) != Phase.Done))
            .Reachable("BY-A-READER", "A reader carries it out, the announcer being through.", s =>
                s.IsReleased && s.Holder is 1 or 2 && s.PhaseOf(Announcer) == Phase.Done)
            .Reachable("TURNED-AWAY", "Somebody is turned away while another works.", s => s.Holder == 1 && s.PhaseOf(1) == Phase.Done && s.IsAsked)
            .Terminal(s => All.All(t => s.PhaseOf(t) == Phase.Done));

    private readonly record struct State(
        byte Inside,
        byte Words,
        Slots Phases = default,
        byte Buffered = 0,
        bool IsAnnounced = false,
        bool IsAsked = false,
        byte Holder = 0,
        bool IsReleased = false)
    {
        public Phase PhaseOf(int thread) => (Phase)Phases[thread];

        public State To(int thread, Phase phase) => this with { Phases = Phases.With(thread, (int)phase) };

        public State Drain(int threads) => this with { Words = (byte)(Words & ~(Buffered & threads)), Buffered = (byte)(Buffered & ~threads) };
    }
}
