using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The ring of recent commits (DESIGN 13, I68): two cells of bytes and one place. Commits reserve a cell each when they begin, up to three in flight, fill it in two steps beside each other, and are published, or given up, in their
/// order; a reader picks any place that it thinks is there, copies it and the cell, and looks whether it was let go meanwhile.
/// </summary>
public sealed class ChangeRingTests(ITestOutputHelper output)
{
    private const int Commits = 5;
    private const int Cells = 2;
    private const int Places = 1;
    private const int MostInFlight = 3;
    private const int HalfFilled = 15;

    private static readonly int[] Numbers = [1, 2, 3, 4, 5];

    public enum Fault
    {
        None,
        LetGoWhenPublished,
        ReservedOverUnpublished,
        FailedCommitNotPassed,
        PlaceUsedAnewBeforeItIsLetGo,
        CountedBeforeThePlaceIsThere,
        NotLookedAtAfterwards,
        LookedAtBeforehand,
    }

    private enum Commit
    {
        Before,
        Begun,
        Filling,
        Filled,
        Failed,
        Through,
    }

    private enum Section
    {
        Out,
        LetGo,
        HalfPlaced,
        Placed,
    }

    private enum Reader
    {
        Away,
        Picked,
        Placed,
        Copied,
    }

    [Fact]
    public void I68_WhatAReaderTakesIsWhatWasCommitted()
        => Closes("change ring", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.LetGoWhenPublished, "I68-TRUE")]
    [InlineData(Fault.ReservedOverUnpublished, "I68-TRUE")]
    [InlineData(Fault.FailedCommitNotPassed, "I68-ROOM")]
    [InlineData(Fault.PlaceUsedAnewBeforeItIsLetGo, "I68-TRUE")]
    [InlineData(Fault.CountedBeforeThePlaceIsThere, "I68-TRUE")]
    [InlineData(Fault.NotLookedAtAfterwards, "I68-TRUE")]
    [InlineData(Fault.LookedAtBeforehand, "I68-TRUE")]
    public void Change_ring_faults_are_caught(Fault fault, string rule)
        => Catches("change ring", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Begin", s => s.Section == Section.Out && s.Begun < Commits && s.Begun - s.Ended < MostInFlight, s => s.Begin(fault))
            .Action("Fill a half", Numbers, (s, n) => s.StateOf(n) == Commit.Begun, (s, n) => s.Fill(n, HalfFilled).To(n, Commit.Filling))
            .Action("Fill", Numbers, (s, n) => s.StateOf(n) == Commit.Filling, (s, n) => s.Fill(n, n).To(n, Commit.Filled))
            .Action("Fail", Numbers, (s, n) => s.Section == Section.Out && s.StateOf(n) is (Commit.Begun or Commit.Filled), (s, n) => s.To(n, Commit.Failed))
            .Action("Give up", s => s.Section == Section.Out && s.StateOf(s.Ended + 1) == Commit.Failed, s => s.Pass(isGivenUp: fault != Fault.FailedCommitNotPassed).End())
            .Action("Publish what has no part", s => s.Section == Section.Out && s.StateOf(s.Ended + 1) == Commit.Filled && s.Position(s.Ended + 1) < 0, s =>
                (s with { Accounted = (byte)(s.Ended + 1) }).End())
            .Action("Publish: let go", s => s.Section == Section.Out && s.StateOf(s.Ended + 1) == Commit.Filled && s.Position(s.Ended + 1) >= 0, s =>
                (fault == Fault.PlaceUsedAnewBeforeItIsLetGo ? s : s.LetGoOfAPlace(fault)) with { Section = Section.LetGo })
            .Action("Publish: half a place", s => s.Section == Section.LetGo, s => s with
            {
                Count = (byte)(s.Count + (fault == Fault.CountedBeforeThePlaceIsThere ? 1 : 0)),
                Sequences = s.Sequences.With(s.Number % Places, s.Ended + 1),
                Section = Section.HalfPlaced,
            })
            .Action("Publish: a place", s => s.Section == Section.HalfPlaced, s => s with
            {
                Positions = s.Positions.With(s.Number % Places, s.Position(s.Ended + 1)),
                Previous = s.Previous.With(s.Number % Places, s.Accounted),
                Section = Section.Placed,
            })
            .Action("Publish: count", s => s.Section == Section.Placed, s =>
                ((fault == Fault.PlaceUsedAnewBeforeItIsLetGo ? s.LetGoOfAPlace(fault) : s) with
                {
                    Number = (byte)(s.Number + 1),
                    Count = (byte)(s.Number + 1),
                    Accounted = (byte)(s.Ended + 1),
                    Section = Section.Out,
                }).Pass(isGivenUp: true).End())
            .Action("Reader: pick", Numbers, (s, n) => s.Reader == Reader.Away && n - 1 >= s.Oldest && n - 1 < s.Count, (s, n) => s with { Reader = Reader.Picked, Picked = (byte)(n - 1) })
            .Action("Reader: copy the place", s => s.Reader == Reader.Picked, s => s with
            {
                Reader = Reader.Placed,
                Sequence = (byte)s.Sequences[s.Picked % Places],
                Follows = (byte)s.Previous[s.Picked % Places],
                Cell = (byte)(s.Positions[s.Picked % Places] % Cells),
                WasKept = s.Oldest <= s.Picked,
            })
            .Action("Reader: copy the bytes", s => s.Reader == Reader.Placed, s => s with { Reader = Reader.Copied, Copy = (byte)s.Bytes[s.Cell] })
            .Action("Reader: look and tell", s => s.Reader == Reader.Copied, s => s.Tell(fault))
            .Invariant("I68-TRUE", "What a reader tells is the commit that its place was for, and follows what that followed.", s => !s.IsWrong)
            .Invariant("I68-ROOM", "When nothing is in flight all of the ring can be reserved.", s => s.Begun != s.Ended || s.Section != Section.Out || s.Passed == s.Reserved)
            .Reachable("OVERTAKEN", "A reader has copied what was overwritten.", s => s.Reader == Reader.Copied && s.Oldest > s.Picked && s.Copy != s.Sequence)
            .Reachable("GAP", "A commit found no room beside those in flight.", s => s.Ended == Commits && s.Count < Commits && s.Accounted == Commits)
            .Terminal(s => s.Ended == Commits && s.Reader == Reader.Away);

    private readonly record struct State(
        byte Begun,
        byte Ended,
        Slots Commits,
        Slots Parts,
        byte Reserved,
        byte Passed,
        byte Oldest,
        byte Count,
        byte Number,
        byte Accounted,
        Section Section,
        Slots Bytes,
        Slots Sequences,
        Slots Positions,
        Slots Previous,
        Reader Reader,
        byte Picked,
        byte Sequence,
        byte Follows,
        byte Cell,
        byte Copy,
        bool WasKept,
        bool IsWrong)
    {
        public Commit StateOf(int commit) => commit > ChangeRingTests.Commits ? Commit.Before : (Commit)Commits[commit];

        // Where its part is; negative for none.
        public int Position(int commit) => Parts[commit] - 1;

        public State To(int commit, Commit state) => this with { Commits = Commits.With(commit, (int)state) };

        public State Begin(Fault fault)
        {
            var commit = Begun + 1;
            var begun = (this with { Begun = (byte)commit }).To(commit, Commit.Begun);
            if (Reserved + 1 - Passed > Cells && fault != Fault.ReservedOverUnpublished)
            {
                return begun;
            }

            var reserved = begun with { Parts = Parts.With(commit, Reserved + 1), Reserved = (byte)(Reserved + 1) };
            return fault == Fault.LetGoWhenPublished ? reserved : reserved.LetGoOfBytes();
        }

        public State Fill(int commit, int content) => Position(commit) < 0 ? this : this with { Bytes = Bytes.With(Position(commit) % Cells, content) };

        public State LetGoOfAPlace(Fault fault)
        {
            var let = fault == Fault.LetGoWhenPublished ? LetGoOfBytes() : this;
            return let.Number - let.Oldest == Places ? let with { Oldest = (byte)(let.Oldest + 1) } : let;
        }

        public State Pass(bool isGivenUp) => Position(Ended + 1) >= 0 && isGivenUp ? this with { Passed = (byte)(Position(Ended + 1) + 1) } : this;

        public State End()
        {
            var ended = this with { Ended = (byte)(Ended + 1) };
            return StateOf(Ended + 1) == Commit.Failed ? ended : ended.To(Ended + 1, Commit.Through);
        }

        public State Tell(Fault fault)
        {
            var isKept = fault switch
            {
                Fault.NotLookedAtAfterwards => true,
                Fault.LookedAtBeforehand => WasKept,
                _ => Oldest <= Picked,
            };
            return this with
            {
                Reader = Reader.Away,
                Picked = 0,
                Sequence = 0,
                Follows = 0,
                Cell = 0,
                Copy = 0,
                WasKept = false,
                IsWrong = isKept && (Copy != Sequence || Follows != Before(Sequence)),
            };
        }

        // The last publication before a commit.
        private int Before(int commit)
        {
            for (var earlier = commit - 1; earlier > 0; earlier--)
            {
                if (StateOf(earlier) != Commit.Failed)
                {
                    return earlier;
                }
            }

            return 0;
        }

        private State LetGoOfBytes()
        {
            var oldest = Oldest;
            while (oldest < Number && Reserved - Positions[oldest % Places] > Cells)
            {
                oldest++;
            }

            return this with { Oldest = oldest };
        }
    }
}
