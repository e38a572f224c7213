using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// How a committer learns that it is published (DESIGN 3, "Commit", step 5): three committers finish in any order. One that finds an earlier committer
/// linking looks outside the critical section, then makes a waiter inside it; whoever publishes takes the waiters along and wakes them outside.
/// </summary>
public sealed class AcknowledgementTests(ITestOutputHelper output)
{
    private static readonly int[] Committers = [0, 1, 2];

    public enum Fault
    {
        None,
        ReturnWithoutLooking,
        WaitWithoutLookingAgain,
        WakeOnlyTheFirst,
        WakeWhoIsNotPublished,
    }

    private enum Phase
    {
        Idle,
        Begun,
        Finished,
        WillWait,
        Waiting,
        Acknowledged,
    }

    [Fact]
    public void A9_every_committer_is_acknowledged_and_none_too_early()
        => Closes("acknowledgement", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.ReturnWithoutLooking, "A9-COVERED")]
    [InlineData(Fault.WaitWithoutLookingAgain, "A9-WOKEN")]
    [InlineData(Fault.WakeOnlyTheFirst, "A9-WOKEN")]
    [InlineData(Fault.WakeWhoIsNotPublished, "A9-COVERED")]
    public void Acknowledgement_faults_are_caught(Fault fault, string rule)
        => Catches("acknowledgement", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Begin", Committers, (s, c) => s.PhaseOf(c) == Phase.Idle, (s, c) =>
            {
                var sequence = s.Taken + 1;
                return s.To(c, Phase.Begun) with { Taken = (byte)sequence, Order = s.Order.With(sequence, c + 1) };
            })
            .Action("Finish", Committers, (s, c) => s.PhaseOf(c) == Phase.Begun, (s, c) => Finish(s, c, fault))
            .Action("Wake", Committers, (s, c) => s.WakerOf(c) >= 0, (s, c) => s with
            {
                Wakers = s.Wakers.With(c, 0),
                Woken = With(s.Woken, c),
            })
            .Action("Look", Committers, (s, c) => s.PhaseOf(c) == Phase.Finished && Committers.All(d => s.WakerOf(d) != c), (s, c) =>
                s.To(c, s.Covers(c) || fault == Fault.ReturnWithoutLooking ? Phase.Acknowledged : Phase.WillWait))
            .Action("Wait", Committers, (s, c) => s.PhaseOf(c) == Phase.WillWait, (s, c) =>
                s.To(c, s.Covers(c) && fault != Fault.WaitWithoutLookingAgain ? Phase.Acknowledged : Phase.Waiting))
            .Action("Return", Committers, (s, c) => s.PhaseOf(c) == Phase.Waiting && Has(s.Woken, c), (s, c) => s.To(c, Phase.Acknowledged))
            .Invariant("A9-COVERED", "A commit returns when the publication covers its sequence.", s => Committers.All(c =>
                s.PhaseOf(c) != Phase.Acknowledged || s.Covers(c)))
            .Invariant("A9-WOKEN", "Whoever waits for what is published is woken, or about to be.", s => Committers.All(c =>
                s.PhaseOf(c) != Phase.Waiting || !s.Covers(c) || Has(s.Woken, c) || s.WakerOf(c) >= 0))
            .Reachable("PUBLISHED-BETWEEN", "A commit is published after its committer looked and before it would wait.", s => Committers.Any(c =>
                s.PhaseOf(c) == Phase.WillWait && s.Covers(c)))
            .Reachable("TWO-WOKEN", "One publication wakes two.", s => Committers.Count(c => s.WakerOf(c) >= 0) == 2)
            .Terminal(s => Committers.All(c => s.PhaseOf(c) == Phase.Acknowledged));

    private static State Finish(State s, int committer, Fault fault)
    {
        s = s.To(committer, Phase.Finished);
        var before = s.Published;
        var published = s.Published;
        while (published < s.Taken && s.PhaseOf(s.Order[published + 1] - 1) > Phase.Begun)
        {
            published++;
        }

        s = s with { Published = published };
        var wakes = 0;
        var last = fault == Fault.WakeWhoIsNotPublished ? s.Taken : published;
        for (var sequence = before + 1; sequence <= last && published > before; sequence++)
        {
            var other = s.Order[sequence] - 1;
            if (s.PhaseOf(other) == Phase.Waiting && (wakes++ == 0 || fault != Fault.WakeOnlyTheFirst))
            {
                s = s with { Wakers = s.Wakers.With(other, committer + 1) };
            }
        }

        return s;
    }

    private readonly record struct State(Slots Phases, Slots Order, Slots Wakers, byte Taken, byte Published, byte Woken)
    {
        public Phase PhaseOf(int committer) => (Phase)Phases[committer];

        public State To(int committer, Phase phase) => this with { Phases = Phases.With(committer, (int)phase) };

        public int WakerOf(int committer) => Wakers[committer] - 1;

        public bool Covers(int committer)
        {
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                if (Order[sequence] == committer + 1)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
