using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The flusher, its failures and its waiters (DESIGN 3, "Flushing"): up to four publications, each with one who waits for durability and
/// registers at any step; slices of one or two; the one behind the slice that is written may be copied meanwhile, row by row, while what is durable is evicted; every attempt succeeds, fails
/// without effect, or fails with unknown outcome; another writer of the tier may fail too. When the flusher has ended, memory is given back. Every state is also a crash: what is on disk there is
/// what reopening finds. I4, I5, I9, I65, contract A10 and D3.
/// </summary>
public sealed class FlusherTests(ITestOutputHelper output)
{
    private const int Commits = 4;

    public enum Fault
    {
        None,
        AcknowledgeBeforeApply,
        ContinueAfterInDoubt,
        DropSliceOnFailure,
        LaterCauseReplaces,
        WaiterIgnoresFailure,
        WaiterIgnoresMark,
        MarkCountsRetries,
        AcceptAfterFailure,
        CopiesFromTheMark,
        WritesTheCopiesFirst,
        MarkCountsCopies,
        EvictsWhatIsCopied,
        WritesAnUnfinishedCopy,
        WritesCopiesAfterTheFailure,
        EndsWhileCopying,
        KeepsCopiesForGood,
    }

    private enum Phase
    {
        Idle,
        Applying,
        Retrying,
        Applied,
        MarkMoved,
        Poisoned,
        Stopped,
        Ended,
    }

    private enum Waiter
    {
        None,
        Waiting,
        Acknowledged,
        Failed,
    }

    [Fact]
    public void D3_an_acknowledged_commit_is_in_every_reopened_prefix()
        => Closes("flusher", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.AcknowledgeBeforeApply, "D3-ACKNOWLEDGED")]
    [InlineData(Fault.ContinueAfterInDoubt, "I9-STOP")]
    [InlineData(Fault.DropSliceOnFailure, "I4-PREFIX")]
    [InlineData(Fault.LaterCauseReplaces, "I9-FIRST")]
    [InlineData(Fault.WaiterIgnoresFailure, "I9-TOLD")]
    [InlineData(Fault.WaiterIgnoresMark, "A10-WOKEN")]
    [InlineData(Fault.MarkCountsRetries, "I4-MARK")]
    [InlineData(Fault.AcceptAfterFailure, "I9-REFUSED")]
    [InlineData(Fault.CopiesFromTheMark, "I5-COPIED")]
    [InlineData(Fault.WritesTheCopiesFirst, "I4-PREFIX")]
    [InlineData(Fault.MarkCountsCopies, "I4-MARK")]
    [InlineData(Fault.EvictsWhatIsCopied, "I5-COPIED")]
    [InlineData(Fault.WritesAnUnfinishedCopy, "I4-MARK")]
    [InlineData(Fault.WritesCopiesAfterTheFailure, "I9-STOP")]
    [InlineData(Fault.EndsWhileCopying, "I65-QUIET")]
    [InlineData(Fault.KeepsCopiesForGood, "I65-GIVEN-BACK")]
    public void Flusher_faults_are_caught(Fault fault, string rule)
        => Catches("flusher", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        int[] sequences = [.. Enumerable.Range(1, Commits)];
        return Spec.From(default(State))
            .Action("Publish", s => s.Published < Commits && (s.Cause == 0 || fault == Fault.AcceptAfterFailure), s =>
                s with { Published = (byte)(s.Published + 1) })
            .Action("Wait", sequences, (s, q) => q <= s.Published && s.WaiterOf(q) == Waiter.None, (s, q) =>
                s.Mark >= q && fault != Fault.WaiterIgnoresMark ? s.To(q, Waiter.Acknowledged)
                : s.Cause != 0 && fault != Fault.WaiterIgnoresFailure ? s.To(q, Waiter.Failed)
                : s.To(q, Waiter.Waiting))
            .Action("Take slice", [1, 2], (s, n) => s.Phase == Phase.Idle && s.Ahead == 0 && s.Taken + n <= s.Published && s.Cause == 0, (s, n) =>
                (fault == Fault.AcknowledgeBeforeApply ? s.WakeUpTo(s.Taken + n) : s).Take(s.Taken, s.Taken + n, s.Taken + n))
            .Action("Begin to copy ahead", [1, 2], (s, n) => s.Phase == Phase.Applying && s.Ahead == 0 && s.Taken + n <= s.Published, (s, n) => s with
            {
                Ahead = (byte)(s.Taken + n),
                CopiedFrom = fault == Fault.CopiesFromTheMark ? s.Mark : s.Taken,
                CopiedTo = fault == Fault.CopiesFromTheMark ? s.Mark : s.Taken,
            })
            .Action("Copy a row", s => s.IsCopying && s.Phase != Phase.Ended, s => s with
            {
                CopiedTo = (byte)(s.CopiedTo + 1),
                ReadNothing = s.ReadNothing || s.CopiedTo + 1 <= s.EvictedTo,
            })
            .Action("Take copies", s => s.MayTakeCopies(fault), s => s.Take(s.CopiedFrom, s.CopiedTo, s.Ahead) with { Ahead = 0, CopiedFrom = 0, CopiedTo = 0 })
            .Action("Apply", s => s.Phase == Phase.Applying, s => s.Write() with { Phase = Phase.Applied })
            .Action("Apply fails", s => s.Phase == Phase.Applying, s => s with { Phase = Phase.Retrying })
            .Action("Retry", s => s.Phase == Phase.Retrying, s => fault switch
            {
                Fault.DropSliceOnFailure => s with { Phase = Phase.Idle },
                Fault.MarkCountsRetries => s with { Phase = Phase.Applying, Mark = s.Taken },
                Fault.WritesTheCopiesFirst when s.Ahead != 0 => s.Take(s.CopiedFrom, s.CopiedTo, s.Taken),
                _ => s with { Phase = Phase.Applying },
            })
            .Action("Abandoned", s => s.Phase == Phase.Retrying && s.Cause == 0, s => s.FailAll() with { Phase = Phase.Stopped, Cause = 4 })
            .Action("Apply in doubt, written", s => s.Phase == Phase.Applying, s => s.Write().InDoubt(fault))
            .Action("Apply in doubt, not written", s => s.Phase == Phase.Applying, s => s.InDoubt(fault))
            .Action("Move mark", s => s.Phase == Phase.Applied, s => s with
            {
                Phase = Phase.MarkMoved,
                Mark = fault == Fault.MarkCountsCopies ? Math.Max(s.Taken, s.Ahead) : s.Taken,
            })
            .Action("Evict", s => s.EvictedTo < s.Mark, s => s with { EvictedTo = fault == Fault.EvictsWhatIsCopied ? Math.Max(s.Mark, s.Ahead) : s.Mark })
            .Action("Wake", s => s.Phase == Phase.MarkMoved, s => s.WakeUpTo(s.Mark) with { Phase = Phase.Idle })
            .Action("Other writer fails", s => s.Phase == Phase.Idle && s.Cause == 0, s => s with { Phase = Phase.Poisoned, Cause = 2 })
            .Action("Tell", s => s.Phase == Phase.Poisoned, s => s.FailAll() with { Phase = Phase.Stopped })
            .Action("Failure seen again", s => s.Phase == Phase.Stopped, s => fault == Fault.LaterCauseReplaces ? s with { Cause = 3 } : s)
            .Action("Drop copies", s => s.Phase == Phase.Stopped && s.Ahead != 0 && !s.IsCopying, s => s with { Ahead = 0, CopiedFrom = 0, CopiedTo = 0 })
            .Action("End", s => s.Phase == Phase.Stopped && s.MayEnd(fault), s => s with { Phase = Phase.Ended })
            .Invariant("I4-PREFIX", "The tier holds exactly the publications 1..D, whole.", s =>
                (s.Disk & (s.Disk + 1)) == 0 && !s.Twice)
            .Invariant("I4-MARK", "The durable mark never says more than what is on disk.", s => s.Mark <= s.DiskCount)
            .Invariant("D3-ACKNOWLEDGED", "An acknowledged durable commit is on disk.", s =>
                sequences.All(q => s.WaiterOf(q) != Waiter.Acknowledged || Has(s.Disk, q - 1)))
            .Invariant("A10-WOKEN", "Nobody waits for what is durable.", s =>
                s.Phase != Phase.Idle || sequences.All(q => s.WaiterOf(q) != Waiter.Waiting || q > s.Mark))
            .Invariant("I9-TOLD", "After the failure everyone who asks gets the cause.", s =>
                s.Phase is not (Phase.Stopped or Phase.Ended) || sequences.All(q => s.WaiterOf(q) != Waiter.Waiting))
            .Invariant("I5-COPIED", "What is copied is in memory.", s => !s.ReadNothing)
            .Invariant("I65-QUIET", "When the flusher has ended, nobody reads memory for it.", s => s.Phase != Phase.Ended || !s.IsCopying)
            .Invariant("I65-GIVEN-BACK", "When the flusher has ended, it holds no copies.", s => s.Phase != Phase.Ended || s.Ahead == 0)
            .Rule("I9-FIRST", "The first cause is kept.", (before, _) => before.Cause != 0, (before, after) => after.Cause == before.Cause)
            .Rule("I9-STOP", "After a failure of unknown outcome nothing is written any more.",
                (before, _) => before.Unknown || before.Cause != 0,
                (before, after) => after.Phase != Phase.Applying && after.Disk == before.Disk)
            .Rule("I9-REFUSED", "After the failure no commit is accepted.", (before, _) => before.Cause != 0,
                (before, after) => after.Published == before.Published)
            .Reachable("IN-DOUBT-KEPT", "A commit that was not acknowledged is on disk after all.", s =>
                s.Phase == Phase.Stopped && s.DiskCount > s.Mark)
            .Reachable("COPIED-AND-EVICTED", "Rows are copied while those of the slice before are evicted.", s => s.IsCopying && s.EvictedTo == s.Mark && s.Mark == s.Taken)
            .Reachable("COPIES-DROPPED", "Copies were made in vain.", s => s.Phase == Phase.Stopped && s.Ahead != 0 && !s.IsCopying)
            .Reachable("ALL", "Everything is durable and acknowledged after a retry.", s =>
                sequences.All(q => s.WaiterOf(q) == Waiter.Acknowledged))
            .Terminal(s => s.Phase == Phase.Ended || (s.Published == Commits && s.Phase == Phase.Idle));
    }

    private readonly record struct State(
        Phase Phase,
        byte Published,
        byte Taken,
        byte Slice,
        byte Ahead,
        byte CopiedFrom,
        byte CopiedTo,
        byte EvictedTo,
        bool ReadNothing,
        byte Mark,
        byte Disk,
        bool Twice,
        bool Unknown,
        byte Cause,
        Slots Waiters)
    {
        public int DiskCount => System.Numerics.BitOperations.PopCount(Disk);

        public Waiter WaiterOf(int sequence) => (Waiter)Waiters[sequence];

        public State To(int sequence, Waiter waiter) => this with { Waiters = Waiters.With(sequence, (int)waiter) };

        public bool IsCopying => CopiedTo < Ahead;

        public bool MayTakeCopies(Fault fault)
            => Ahead != 0
                && (!IsCopying || fault == Fault.WritesAnUnfinishedCopy)
                && ((Phase == Phase.Idle && Cause == 0) || (Phase == Phase.Poisoned && fault == Fault.WritesCopiesAfterTheFailure));

        public bool MayEnd(Fault fault) => Ahead == 0 || fault == Fault.EndsWhileCopying || (fault == Fault.KeepsCopiesForGood && !IsCopying);

        // The rows behind one sequence, up to another one, are the slice that ends at a third.
        public State Take(int from, int to, int end) => this with { Phase = Phase.Applying, Taken = (byte)end, Slice = (byte)(((1 << to) - 1) & ~((1 << from) - 1)) };

        public State Write() => this with { Twice = Twice || (Disk & Slice) != 0, Disk = (byte)(Disk | Slice) };

        public State InDoubt(Fault fault) => fault == Fault.ContinueAfterInDoubt
            ? this with { Phase = Phase.Retrying, Unknown = true }
            : this with { Phase = Phase.Poisoned, Unknown = true, Cause = 1 };

        public State WakeUpTo(int mark)
        {
            var woken = this;
            for (var sequence = 1; sequence <= mark; sequence++)
            {
                woken = WaiterOf(sequence) == Waiter.Waiting ? woken.To(sequence, Waiter.Acknowledged) : woken;
            }

            return woken;
        }

        public State FailAll()
        {
            var failed = this;
            for (var sequence = 1; sequence <= Commits; sequence++)
            {
                failed = WaiterOf(sequence) == Waiter.Waiting ? failed.To(sequence, Waiter.Failed) : failed;
            }

            return failed;
        }
    }
}
