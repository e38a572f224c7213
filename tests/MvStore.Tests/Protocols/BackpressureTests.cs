using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The gate where commits wait for room (DESIGN 3, "Backpressure"): four committers that need one or two of three places arrive in any order, are let in, link,
/// give back what they reserved, are cancelled while they wait or after they were let in, or wait too long. What is linked becomes free again, and somebody
/// tells of it, or nobody does (a reader that leaves): then only the timer finds it.
/// </summary>
public sealed class BackpressureTests(ITestOutputHelper output)
{
    private const int Limit = 3;

    private static readonly int[] Needs = [1, 2, 2, 1];
    private static readonly int[] Committers = [0, 1, 2, 3];

    public enum Fault
    {
        None,
        FreedAndNotTold,
        TimerStopsAfterTheFirst,
        OvertakeWhoWaits,
        IgnoreWhatIsReserved,
        LetInWithoutMeasuring,
        KeepReservationOfTheCancelled,
        LetNobodyInAfterACancellation,
        LetNobodyInAfterARefusal,
        ReleaseBeforeLinking,
        LinkAfterCancellation,
    }

    private enum Phase
    {
        Idle,
        Waiting,
        LetIn,
        Released,
        Linked,
        Done,
        Gone,
    }

    [Fact]
    public void D5_commits_wait_in_line_stay_within_the_limit_and_none_is_forgotten()
        => Closes("backpressure", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.FreedAndNotTold, "D5-WOKEN")]
    [InlineData(Fault.TimerStopsAfterTheFirst, "D5-WOKEN")]
    [InlineData(Fault.OvertakeWhoWaits, "D5-ORDER")]
    [InlineData(Fault.IgnoreWhatIsReserved, "D5-LIMIT")]
    [InlineData(Fault.LetInWithoutMeasuring, "D5-LIMIT")]
    [InlineData(Fault.KeepReservationOfTheCancelled, "D5-LEAK")]
    [InlineData(Fault.LetNobodyInAfterACancellation, "D5-WOKEN")]
    [InlineData(Fault.LetNobodyInAfterARefusal, "D5-WOKEN")]
    [InlineData(Fault.ReleaseBeforeLinking, "D5-LIMIT")]
    [InlineData(Fault.LinkAfterCancellation, "A12-NOTHING")]
    public void Backpressure_faults_are_caught(Fault fault, string rule)
        => Catches("backpressure", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Arrive", Committers, (s, c) => s.PhaseOf(c) == Phase.Idle, (s, c) =>
                (s.Queued == 0 || fault == Fault.OvertakeWhoWaits) && s.Fits(Needs[c], fault) ? s.Admit(c) : s.Enqueue(c))
            .Action("Link", Committers, (s, c) => s.PhaseOf(c) is Phase.LetIn or Phase.Released && (!Has(s.Cancelled, c) || fault == Fault.LinkAfterCancellation),
                (s, c) => (s.PhaseOf(c) == Phase.LetIn && fault == Fault.ReleaseBeforeLinking
                    ? s.Release(c, fault).To(c, Phase.Released)
                    : s.PhaseOf(c) == Phase.Released ? s.To(c, Phase.Done) with { Used = (byte)(s.Used + Needs[c]) }
                    : s.To(c, Phase.Linked) with { Used = (byte)(s.Used + Needs[c]) }))
            .Action("Give back", Committers, (s, c) => s.PhaseOf(c) == Phase.Linked, (s, c) => s.To(c, Phase.Done).Release(c, fault))
            .Action("Flush", s => s.Used > 0 && !s.IsUntold, s => s with { Used = 0, IsUntold = true })
            .Action("Tell", s => s.IsUntold, s =>
                fault == Fault.FreedAndNotTold ? s with { IsUntold = false } : (s with { IsUntold = false }).LetIn(fault))
            .Action("Reader leaves", s => s.Used > 0 && !s.IsUnseen, s => s with { Used = (byte)(s.Used - 1), IsUnseen = true })
            .Action("Timer", s => s.IsTimerOn(fault), s => (s with { IsUnseen = false, HasFired = true }).LetIn(fault))
            .Action("Cancel", Committers, (s, c) => s.PhaseOf(c) == Phase.Waiting, (s, c) =>
            {
                var left = s.Leave(c);
                return fault == Fault.LetNobodyInAfterACancellation ? left : left.LetIn(fault);
            })
            .Action("Cancel late", Committers, (s, c) => s.PhaseOf(c) == Phase.LetIn && !Has(s.Cancelled, c), (s, c) =>
                s with { Cancelled = With(s.Cancelled, c) })
            .Action("Give up", Committers, (s, c) => s.PhaseOf(c) == Phase.LetIn && Has(s.Cancelled, c), (s, c) =>
                fault == Fault.KeepReservationOfTheCancelled ? s.To(c, Phase.Gone) : s.To(c, Phase.Gone).Release(c, fault))
            .Action("Refuse", s => s.Queued > 0, s =>
            {
                var left = s.Leave(s.Queue[0] - 1);
                return fault == Fault.LetNobodyInAfterARefusal ? left : left.LetIn(fault);
            })
            .Invariant("D5-LIMIT", "What is linked, and what may still be, is within the limit.", s =>
                s.Used + Committers.Where(c => s.PhaseOf(c) is Phase.LetIn or Phase.Released && !Has(s.Cancelled, c)).Sum(c => Needs[c]) <= Limit)
            .Invariant("D5-WOKEN", "Whoever is first and fits is let in, or is about to be.", s =>
                s.Queued == 0 || !s.Fits(Needs[s.Queue[0] - 1], Fault.None) || s.IsUntold || (s.IsUnseen && s.IsTimerOn(fault)))
            .Invariant("D5-LEAK", "When nobody is let in and has not given back, nothing is reserved.", s =>
                s.Reserved == 0 || Committers.Any(c => s.PhaseOf(c) is Phase.LetIn or Phase.Linked))
            .Invariant("A12-NOTHING", "Who was cancelled before it linked is not linked.", s =>
                Committers.All(c => !Has(s.Cancelled, c) || s.PhaseOf(c) is Phase.LetIn or Phase.Gone))
            .Rule("D5-ORDER", "Who waits stays before who comes later.", (before, _) => before.Queued > 0, (before, after) =>
                after.PhaseOf(before.Queue[0] - 1) != Phase.Waiting
                || Committers.All(c => before.PhaseOf(c) is not (Phase.Idle or Phase.Waiting) || after.PhaseOf(c) != Phase.LetIn))
            .Reachable("HEAD-OF-LINE", "One that needs less waits behind one that needs more.", s => s.Queued > 1 && s.Fits(1, Fault.None) && Needs[s.Queue[0] - 1] == 2)
            .Reachable("TWO-AT-ONCE", "One telling lets two in.", s => Committers.Count(c => s.PhaseOf(c) == Phase.LetIn) == 2 && s.Used == 0)
            .Reachable("ONLY-THE-TIMER", "There is room that nobody tells of.", s => s.Queued > 0 && s.IsUnseen && s.Fits(Needs[s.Queue[0] - 1], Fault.None))
            .Terminal(s => Committers.All(c => s.PhaseOf(c) is Phase.Done or Phase.Gone));

    private readonly record struct State(
        Slots Phases,
        Slots Queue,
        byte Queued,
        byte Used,
        byte Reserved,
        byte Cancelled,
        bool IsUntold,
        bool IsUnseen,
        bool HasFired)
    {
        public Phase PhaseOf(int committer) => (Phase)Phases[committer];

        public State To(int committer, Phase phase) => this with { Phases = Phases.With(committer, (int)phase) };

        public bool IsTimerOn(Fault fault) => Queued > 0 && (fault != Fault.TimerStopsAfterTheFirst || !HasFired);

        public bool Fits(int need, Fault fault) => fault switch
        {
            Fault.IgnoreWhatIsReserved => Used + need <= Limit,
            Fault.LetInWithoutMeasuring => Reserved + need <= Limit,
            _ => Used + Reserved + need <= Limit,
        };

        public State Admit(int committer) => To(committer, Phase.LetIn) with { Reserved = (byte)(Reserved + Needs[committer]) };

        public State Enqueue(int committer)
            => To(committer, Phase.Waiting) with { Queue = Queue.With(Queued, committer + 1), Queued = (byte)(Queued + 1) };

        public State Leave(int committer)
        {
            var queue = default(Slots);
            var count = 0;
            for (var i = 0; i < Queued; i++)
            {
                queue = Queue[i] == committer + 1 ? queue : queue.With(count++, Queue[i]);
            }

            return To(committer, Phase.Gone) with { Queue = queue, Queued = (byte)count };
        }

        public State Release(int committer, Fault fault) => (this with { Reserved = (byte)(Reserved - Needs[committer]) }).LetIn(fault);

        public State LetIn(Fault fault)
        {
            var state = this;
            while (state.Queued > 0 && state.Fits(Needs[state.Queue[0] - 1], fault))
            {
                var first = state.Queue[0] - 1;
                state = state.Leave(first).Admit(first);
            }

            return state;
        }
    }
}
