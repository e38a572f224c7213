using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// One rollback of two keys to version 1, at version 3, beside four commits (DESIGN 11): one at 1 writes A, one at 2 both, one at 3 B, one at 4 A. Each begins and is linked at any step; the floor passes the
/// version that is gone back to at any step. What the rollback writes is worked out from its two views, as stable as views are; a commit behind it in the order of publications does not concern it.
/// </summary>
public sealed class RollbackTests(ITestOutputHelper output)
{
    private const int Target = 1;
    private const int Version = 3;
    private const int Raised = 2;
    private static readonly int[] Commits = [0, 1, 2, 3];
    private static readonly int[] KeysOf = [0b01, 0b11, 0b10, 0b01];

    public enum Fault
    {
        None,
        NotChecked,
        CheckedBeforeTheLateGateOnly,
        WatchedAfterTheViews,
        NoWaitForInFlight,
        OwnVersionNotNoted,
        TargetNotNoted,
        StaleTargetKept,
        TargetAlwaysPinnedAnew,
    }

    private enum Step
    {
        Start,
        Watched,
        TargetPinned,
        BothPinned,
        Announced,
        Begun,
        Duplicate,
        BelowFloor,
    }

    [Fact]
    public void I45_a_rollback_is_of_one_instant()
        => Closes("rollback", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.NotChecked, "I45-EXACT")]
    [InlineData(Fault.CheckedBeforeTheLateGateOnly, "I45-EXACT")]
    [InlineData(Fault.WatchedAfterTheViews, "I45-EXACT")]
    [InlineData(Fault.NoWaitForInFlight, "I45-EXACT")]
    [InlineData(Fault.OwnVersionNotNoted, "I45-EXACT")]
    [InlineData(Fault.TargetNotNoted, "I45-EXACT")]
    [InlineData(Fault.StaleTargetKept, "I45-EXACT")]
    [InlineData(Fault.TargetAlwaysPinnedAnew, "I47-HELD")]
    public void Rollback_faults_are_caught(Fault fault, string rule)
        => Catches("rollback", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(new State())
            .Action("Commit: begin", Commits, (s, c) => s.MayBegin(c), (s, c) => s.Begin(c, fault))
            .Action("Commit: linked", Commits, (s, c) => s.Sequences[c] > 0 && !Has(s.Linked, c), (s, c) => s.Link(c))
            .Action("Raise the floor", s => !s.IsRaised && !s.IsInFlight(0) && !s.IsInFlight(1) && s.IsRunning, s => s with { IsRaised = true })
            .Action("Watch", s => s.At == Step.Start, s => s.Watch(fault))
            .Action("Pin the target", s => s.At == Step.Watched && (s.Published >= s.Awaited || fault == Fault.NoWaitForInFlight), s => s.PinTarget(fault))
            .Action("Pin the state there is", s => s.At == Step.TargetPinned, s => s with { At = Step.BothPinned, Current = s.Published, IsWatching = true })
            .Action("Begin fresh", s => s.At == Step.BothPinned && !s.IsLate, s => s.IsRefused(fault) ? s with { At = Step.Start } : s.Commit())
            .Action("Announce", s => s.At == Step.BothPinned && s.IsLate, s => s with { At = s.IsRefused(fault) ? Step.Start : Step.Announced })
            .Action("Begin late", s => s.At == Step.Announced && !s.IsInFlight(2), s => s switch
            {
                _ when s.IsRefused(fault) && fault != Fault.CheckedBeforeTheLateGateOnly => s with { At = Step.Start },
                _ when s.Sequences[2] > 0 && s.Writes(1) => s with { At = Step.Duplicate },
                _ => s.Commit(),
            })
            .Invariant("I45-EXACT", "Of all publications up to its own, what is seen at its version is what is seen at the target.", s => !s.IsWrong)
            .Rule(
                "I47-HELD",
                "Once the target was pinned, the floor ends the rollback only if a commit at or below the target began since it was watched for.",
                (before, after) => before.HasTarget && before.At == Step.Watched && after.At is Step.BelowFloor or Step.TargetPinned,
                (before, after) => after.At == Step.TargetPinned || before.Sequences[0] > before.TargetWatched)
            .Reachable("STARTS-OVER", "It starts over, and succeeds behind all that do not exclude it.", s => s.At == Step.Begun && s.HasStartedOver && s.Last == 3)
            .Reachable("PASSED", "It succeeds although the floor passed the target and it started over.", s => s.At == Step.Begun && s.HasStartedOver && s.IsRaised)
            .Reachable("BELOW", "A commit at the target, and then the floor, end it.", s => s.At == Step.BelowFloor && s.HasStartedOver)
            .Reachable("DUPLICATE", "A commit at its own version has a key that it would write.", s => s.At == Step.Duplicate)
            .Terminal(s => !s.IsRunning);

    private readonly record struct State(
        Slots Sequences = default,
        byte Linked = 0,
        byte Last = 0,
        byte Published = 0,
        bool IsRaised = false,
        Step At = Step.Start,
        byte Awaited = 0,
        bool HasTarget = false,
        byte TargetSeen = 0,
        byte TargetWatched = 0,
        byte Current = 0,
        bool IsWatching = false,
        bool IsOvertaken = false,
        bool IsTouched = false,
        bool IsStale = false,
        bool HasStartedOver = false,
        bool IsWrong = false)
    {
        public bool IsRunning => At < Step.Begun;

        public bool IsLate => IsPublished(2) || IsPublished(3) || IsInFlight(2);

        public bool IsInFlight(int commit) => Sequences[commit] > Published;

        // The gate of late commits lets one in at a time.
        public bool MayBegin(int commit)
            => IsRunning && Sequences[commit] == 0 && !(IsRaised && VersionOf(commit) <= Raised) && !(At == Step.Announced && commit == 2);

        public State Begin(int commit, Fault fault)
        {
            var version = VersionOf(commit);
            var isNoted = IsWatching
                && version <= (fault == Fault.OwnVersionNotNoted ? Version - 1 : Version)
                && (version > Target || fault != Fault.TargetNotNoted);
            return this with
            {
                Sequences = Sequences.With(commit, Last + 1),
                Last = (byte)(Last + 1),
                IsOvertaken = IsOvertaken || isNoted,
                IsTouched = IsTouched || (isNoted && version <= Target),
            };
        }

        public State Link(int commit)
        {
            var linked = this with { Linked = With(Linked, commit) };
            while (Commits.Any(c => linked.Sequences[c] == linked.Published + 1 && Has(linked.Linked, c)))
            {
                linked = linked with { Published = (byte)(linked.Published + 1) };
            }

            return linked;
        }

        public State Watch(Fault fault) => this with
        {
            At = Step.Watched,
            Awaited = Last,
            IsWatching = IsWatching || fault != Fault.WatchedAfterTheViews,
            IsStale = IsTouched,
            IsTouched = false,
            IsOvertaken = false,
            HasStartedOver = HasTarget,
        };

        public State PinTarget(Fault fault)
        {
            var isKept = HasTarget && fault != Fault.TargetAlwaysPinnedAnew && (!IsStale || fault == Fault.StaleTargetKept);
            return isKept ? this with { At = Step.TargetPinned }
                : IsRaised ? this with { At = Step.BelowFloor }
                : this with { At = Step.TargetPinned, HasTarget = true, TargetSeen = Published, TargetWatched = Awaited };
        }

        public bool IsRefused(Fault fault) => IsOvertaken && fault != Fault.NotChecked;

        public bool Writes(int key) => Value(key, Target, TargetSeen) != Value(key, Version, Current);

        public State Commit()
        {
            var state = this;
            return this with { At = Step.Begun, IsWrong = !Array.TrueForAll([0, 1], key => state.IsExact(key)) };
        }

        // What began before it is published before it.
        private bool IsExact(int key)
            => (Writes(key) ? Value(key, Target, TargetSeen) : Value(key, Version, Last)) == Value(key, Target, Last);

        private bool IsPublished(int commit) => Sequences[commit] > 0 && !IsInFlight(commit);

        private static int VersionOf(int commit) => commit + 1;

        /// <summary>The commit whose value a view sees, counted from 1; 0 for what was there before all.</summary>
        private int Value(int key, int version, int sequence)
        {
            for (var commit = version - 1; commit >= 0; commit--)
            {
                if (Has(KeysOf[commit], key) && Sequences[commit] > 0 && Sequences[commit] <= sequence)
                {
                    return commit + 1;
                }
            }

            return 0;
        }
    }
}
