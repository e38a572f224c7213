using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Committers that take the writer's steps themselves (DESIGN 9, "Appending"; I54, I55): three durable commits, each of which may lead or register, the writer's thread, a sync that may
/// fail, and closing. Contract A10, D4.
/// </summary>
public sealed class LeadingTests(ITestOutputHelper output)
{
    private const int Last = 3;

    private static readonly int[] Commits = [1, 2, 3];

    // Who takes steps: the writer's thread, and whoever leads.
    private static readonly int[] Hands = [0, 1];

    public enum Fault
    {
        None,
        StepsBesideALeader,
        LeadsBesideTheThread,
        ReliesOnTheLeader,
        TellsBeforeTheSync,
        GoesOnAfterAFailure,
        LeadsAfterTheEnd,
    }

    private enum Phase
    {
        Idle,
        Published,
        Looked,
        Leading,
        Led,
        Registered,
        Waiting,
        Acknowledged,
        Refused,
    }

    private enum Thread
    {
        Asleep,
        Awake,
        Stepping,
        Ended,
    }

    private enum Step
    {
        None,
        Begun,
        Taken,
        Written,
        Syncing,
        Synced,
    }

    [Fact]
    public void A10_whoever_leads_nothing_is_told_too_early_and_nobody_waits_for_ever()
        => Closes("leading", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.StepsBesideALeader, "I15")]
    [InlineData(Fault.LeadsBesideTheThread, "I15")]
    [InlineData(Fault.ReliesOnTheLeader, "I55")]
    [InlineData(Fault.TellsBeforeTheSync, "I16")]
    [InlineData(Fault.GoesOnAfterAFailure, "I9")]
    [InlineData(Fault.LeadsAfterTheEnd, "I54")]
    public void Leading_faults_are_caught(Fault fault, string rule)
        => Catches("leading", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Publish", Commits, (s, c) => s.PublishedUpTo == c - 1, (s, c) => s.To(c, Phase.Published) with { PublishedUpTo = (byte)c })
            .Action("Look", Commits, (s, c) => s.PhaseOf(c) == Phase.Published, (s, c) => s.To(c, s.Told >= c ? Phase.Acknowledged : Phase.Looked))
            .Action("Lead", Commits, (s, c) => s.PhaseOf(c) == Phase.Looked && s.MayLead(fault), (s, c) => s.To(c, Phase.Leading).With(1, Step.Begun))
            .Action("Look again", Commits, (s, c) => s.PhaseOf(c) == Phase.Led, (s, c) => s.Register(c))
            .Action("Register", Commits, (s, c) => s.PhaseOf(c) == Phase.Looked, (s, c) => s.Register(c))
            .Action("Raise", Commits, (s, c) => s.PhaseOf(c) == Phase.Registered, (s, c)
                => s.To(c, Phase.Waiting) with { Raised = s.Raised || fault != Fault.ReliesOnTheLeader || s.StepOf(1) == Step.None })
            .Action("Wake", s => s.Thread == Thread.Asleep && s.Raised, s => s with { Thread = Thread.Awake, Raised = false })
            .Action("Begin", s => s.Thread == Thread.Awake && (s.StepOf(1) == Step.None || fault == Fault.StepsBesideALeader), s
                => s.IsOver ? s with { Thread = Thread.Ended } : (s with { Thread = Thread.Stepping, IsLast = s.IsClosing }).With(0, Step.Begun))
            .Action("Take", Hands, (s, h) => s.StepOf(h) == Step.Begun, (s, h) => s.Take(h))
            .Action("Write", Hands, (s, h) => s.StepOf(h) == Step.Taken, (s, h) => s.Write(h))
            .Action("Find nobody", s => s.StepOf(0) == Step.Written && !s.HasWaiters && !s.IsLast, s => s.End(0, fails: false, fault))
            .Action("Begin to sync", Hands, (s, h) => s.StepOf(h) == Step.Written && (h == 1 || s.HasWaiters || s.IsLast), (s, h)
                => (fault == Fault.TellsBeforeTheSync ? s.Tell(s.Written) : s).With(h, Step.Syncing))
            .Action("End the sync", Hands, (s, h) => s.StepOf(h) == Step.Syncing, (s, h)
                => s.With(h, Step.Synced) with { OnDisk = Math.Max(s.OnDisk, s.TakenBy(h)), SyncedAfterFailure = s.HasFailed })
            .Action("Fail to sync", Hands, (s, h) => s.StepOf(h) == Step.Syncing && !s.HasFailed, (s, h)
                => (s.Refuse() with { HasFailed = true }).End(h, fails: true, fault))
            .Action("Tell", Hands, (s, h) => s.StepOf(h) == Step.Synced, (s, h) => s.Tell(s.TakenBy(h)).End(h, fails: false, fault))
            .Action("Close", s => s.PublishedUpTo == Last && !s.IsClosing, s => s with { IsClosing = true, Raised = true })
            .Action("End all waits", s => s.Thread == Thread.Ended && s.IsClosing && !s.IsClosed, s => s.Refuse() with { IsClosed = true })
            .Invariant("I15", "The log holds publications in their order.", s => !s.IsOutOfOrder)
            .Invariant("I16", "What was told is on disk.", s => s.Told <= s.OnDisk)
            .Invariant("I55", "While the thread sleeps and nobody is about to wake it, nobody waits.",
                s => s.Thread != Thread.Asleep || s.Raised || Commits.All(c => s.PhaseOf(c) != Phase.Waiting))
            .Invariant("I9", "After a failed sync none succeeds.", s => !s.SyncedAfterFailure)
            .Invariant("I54", "Once the thread has ended no step is taken.", s => s.Thread != Thread.Ended || s.StepOf(1) == Step.None)
            .Reachable("FOR-OTHERS", "A leader lets another go who waits.", s => s.StepOf(1) == Step.Synced && Commits.Any(c => c <= s.TakenBy(1) && s.PhaseOf(c) == Phase.Waiting))
            .Reachable("THREAD-WAITS", "The thread waits for a leader.", s => s.Thread == Thread.Awake && s.StepOf(1) != Step.None)
            .Reachable("CLOSING-WAITS", "The last step waits for a leader.", s => s.IsClosing && s.Thread == Thread.Awake && s.StepOf(1) != Step.None)
            .Terminal(s => s.IsClosed && Commits.All(c => s.PhaseOf(c) is Phase.Acknowledged or Phase.Refused));

    private readonly record struct State(
        byte PublishedUpTo,
        byte TakenUpTo,
        byte Written,
        byte OnDisk,
        byte Told,
        bool Raised,
        bool IsOver,
        bool IsClosing,
        bool IsClosed,
        bool IsLast,
        bool HasFailed,
        bool SyncedAfterFailure,
        bool IsOutOfOrder,
        Thread Thread,
        Slots Phases,
        Slots Steps,
        Slots From,
        Slots UpTo)
    {
        public bool HasWaiters => IsWaiting(1) || IsWaiting(2) || IsWaiting(3);

        public Phase PhaseOf(int commit) => (Phase)Phases[commit];

        public Step StepOf(int hand) => (Step)Steps[hand];

        public byte TakenBy(int hand) => (byte)UpTo[hand];

        public State To(int commit, Phase phase) => this with { Phases = Phases.With(commit, (int)phase) };

        public State With(int hand, Step step) => this with { Steps = Steps.With(hand, (int)step) };

        public bool MayLead(Fault fault)
            => StepOf(1) == Step.None
                && (Thread != Thread.Stepping || fault == Fault.LeadsBesideTheThread)
                && (!IsOver || fault == Fault.LeadsAfterTheEnd);

        public State Register(int commit)
            => To(commit, Told >= commit ? Phase.Acknowledged : HasFailed || IsClosed ? Phase.Refused : Phase.Registered);

        public State Take(int hand)
            => With(hand, Step.Taken) with { From = From.With(hand, TakenUpTo), UpTo = UpTo.With(hand, PublishedUpTo), TakenUpTo = PublishedUpTo };

        public State Write(int hand)
            => With(hand, Step.Written) with { IsOutOfOrder = IsOutOfOrder || From[hand] != Written, Written = Math.Max(Written, TakenBy(hand)) };

        public State End(int hand, bool fails, Fault fault)
        {
            var isOver = IsOver || (fails && fault != Fault.GoesOnAfterAFailure) || (hand == 0 && IsLast);
            var ended = With(hand, Step.None) with { IsOver = isOver, From = From.With(hand, 0), UpTo = UpTo.With(hand, 0) };
            if (hand == 0)
            {
                return ended with { Thread = isOver ? Thread.Ended : Thread.Asleep };
            }

            var leader = Commits.First(c => ended.PhaseOf(c) == Phase.Leading);
            return ended.To(leader, Phase.Led);
        }

        public State Refuse() => Commits.Aggregate(this, (s, c) => s.IsWaiting(c) ? s.To(c, Phase.Refused) : s);

        public State Tell(byte upTo)
            => Commits.Aggregate(this with { Told = Math.Max(Told, upTo) }, (s, c) => c <= s.Told && s.IsWaiting(c) ? s.To(c, Phase.Acknowledged) : s);

        private bool IsWaiting(int commit) => PhaseOf(commit) is Phase.Registered or Phase.Waiting;
    }
}
