using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// How the commit log acknowledges (DESIGN 9, "Appending"): three durable commits, the writer, the flusher, and files that are used again. Who waits looks, registers
/// and raises the signal in separate steps; the writer clears it, takes, writes, looks for waiters, syncs and tells in separate steps. Contract A10.
/// </summary>
public sealed class LogTests(ITestOutputHelper output)
{
    private const int Last = 3;

    private static readonly int[] Commits = [1, 2, 3];

    public enum Fault
    {
        None,
        TellsBeforeTheSync,
        TellsWhatWasPublishedMeanwhile,
        ClearsTheSignalAfterTaking,
        RaisesBeforeRegistering,
        FlushesWhatIsNotWritten,
        UsesAgainWhatIsOnlySynced,
    }

    private enum Phase
    {
        Idle,
        Published,
        Looked,
        Registered,
        Waiting,
        Acknowledged,
    }

    private enum Step
    {
        Sleeping,
        Awake,
        Taken,
        Written,
        Syncing,
        Synced,
    }

    [Fact]
    public void A10_what_is_acknowledged_is_on_disk_and_nobody_waits_for_ever()
        => Closes("log", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.TellsBeforeTheSync, "A10-ON-DISK")]
    [InlineData(Fault.TellsWhatWasPublishedMeanwhile, "A10-ON-DISK")]
    [InlineData(Fault.ClearsTheSignalAfterTaking, "A10-AWAKE")]
    [InlineData(Fault.RaisesBeforeRegistering, "A10-AWAKE")]
    [InlineData(Fault.FlushesWhatIsNotWritten, "I14")]
    [InlineData(Fault.UsesAgainWhatIsOnlySynced, "I17")]
    public void Log_faults_are_caught(Fault fault, string rule)
        => Catches("log", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        var raisesFirst = fault == Fault.RaisesBeforeRegistering;
        var clearsLate = fault == Fault.ClearsTheSignalAfterTaking;
        return Spec.From(default(State))
            .Action("Publish", Commits, (s, c) => s.PublishedUpTo == c - 1, (s, c) => s.To(c, Phase.Published) with { PublishedUpTo = (byte)c })
            .Action("Look", Commits, (s, c) => s.PhaseOf(c) == Phase.Published, (s, c)
                => s.To(c, s.Told >= c ? Phase.Acknowledged : Phase.Looked) with { Raised = s.Raised || (raisesFirst && s.Told < c) })
            .Action("Register", Commits, (s, c) => s.PhaseOf(c) == Phase.Looked, (s, c)
                => s.To(c, s.Told >= c ? Phase.Acknowledged : raisesFirst ? Phase.Waiting : Phase.Registered))
            .Action("Raise", Commits, (s, c) => s.PhaseOf(c) == Phase.Registered, (s, c) => s.To(c, Phase.Waiting) with { Raised = true })
            .Action("Wake", s => s.Writer == Step.Sleeping && s.Raised, s => s with { Writer = Step.Awake, Raised = clearsLate })
            .Action("Take", s => s.Writer == Step.Awake, s => s with { Writer = Step.Taken, Taken = s.PublishedUpTo })
            .Action("Write", s => s.Writer == Step.Taken, s => s with { Writer = Step.Written, Written = s.Taken })
            .Action("Find nobody", s => s.Writer == Step.Written && !s.HasWaiters, s => s.Sleep(clearsLate))
            .Action("Begin to sync", s => s.Writer == Step.Written && s.HasWaiters, s => (fault == Fault.TellsBeforeTheSync ? s.Tell(s.Written) : s) with
            {
                Writer = Step.Syncing,
            })
            .Action("End the sync", s => s.Writer == Step.Syncing, s => s with { Writer = Step.Synced, OnDisk = Math.Max(s.OnDisk, s.Written) })
            .Action("Tell", s => s.Writer == Step.Synced, s
                => s.Tell(fault == Fault.TellsWhatWasPublishedMeanwhile ? s.PublishedUpTo : s.Written).Sleep(clearsLate))
            .Action("Flush", s => s.Flushed < s.Flushable(fault), s => s with { Flushed = s.Flushable(fault) })
            .Action("Tell what is flushed", s => s.Told < s.Flushed, s => s.Tell(s.Flushed))
            .Action("Use again", s => s.Reused < s.Flushed || (fault == Fault.UsesAgainWhatIsOnlySynced && s.Reused < s.OnDisk), s => s with
            {
                Reused = fault == Fault.UsesAgainWhatIsOnlySynced ? Math.Max(s.OnDisk, s.Flushed) : s.Flushed,
            })
            .Invariant("A10-ON-DISK", "What was told is on disk, in the log or in the tier.", s => s.Told <= Math.Max(s.OnDisk, s.Flushed))
            .Invariant("A10-AWAKE", "While the writer sleeps and nobody is about to wake it, nobody waits for what only it can bring.",
                s => s.Writer != Step.Sleeping || s.Raised || Commits.All(c => s.PhaseOf(c) != Phase.Waiting))
            .Invariant("I14", "The tier has nothing that is not in the log.", s => s.Flushed <= s.Written)
            .Invariant("I17", "No file is used again that holds what the tier lacks.", s => s.Reused <= s.Flushed)
            .Reachable("SHARED", "One sync is for several.", s => s.Writer == Step.Syncing && Commits.Count(c => s.PhaseOf(c) == Phase.Waiting) > 1)
            .Reachable("TIER-AHEAD", "The tier is ahead of the sync.", s => s.Flushed > s.OnDisk)
            .Terminal(s => Commits.All(c => s.PhaseOf(c) == Phase.Acknowledged) && s.Writer == Step.Sleeping && !s.Raised && s.Reused == Last);
    }

    private readonly record struct State(
        byte PublishedUpTo,
        byte Taken,
        byte Written,
        byte OnDisk,
        byte Told,
        byte Flushed,
        byte Reused,
        bool Raised,
        Step Writer,
        Phase First,
        Phase Second,
        Phase Third)
    {
        public bool HasWaiters => IsWaiting(First) || IsWaiting(Second) || IsWaiting(Third);

        public Phase PhaseOf(int commit) => commit switch { 1 => First, 2 => Second, _ => Third };

        public State To(int commit, Phase phase) => commit switch
        {
            1 => this with { First = phase },
            2 => this with { Second = phase },
            _ => this with { Third = phase },
        };

        public byte Flushable(Fault fault) => fault == Fault.FlushesWhatIsNotWritten ? PublishedUpTo : Written;

        public State Sleep(bool clearsLate) => this with { Writer = Step.Sleeping, Raised = Raised && !clearsLate };

        public State Tell(byte upTo)
        {
            var told = this with { Told = Math.Max(Told, upTo) };
            foreach (var commit in Commits)
            {
                if (commit <= told.Told && IsWaiting(PhaseOf(commit)))
                {
                    told = told.To(commit, Phase.Acknowledged);
                }
            }

            return told;
        }

        private static bool IsWaiting(Phase phase) => phase is Phase.Registered or Phase.Waiting;
    }
}
