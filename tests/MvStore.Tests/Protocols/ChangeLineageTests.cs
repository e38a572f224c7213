using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Positions over crashes (DESIGN 13, I51): publications are numbered anew after a crash; one consumer remembers the newest position that it was told, and what it had seen by then; each opening ends the lineages of the runs before it, in a note.
/// Runs 0 to 2; up to three publications, each known by the run that made it.
/// </summary>
public sealed class ChangeLineageTests(ITestOutputHelper output)
{
    private const int Runs = 3;
    private const int Places = 3;
    private const int GoesOn = Places + 1;

    public enum Fault
    {
        None,
        OneLineageForAllRuns,
        LineagesNotEnded,
        EndedByTheNextConsumerOnly,
        EndedAfterTheFirstCommit,
        ToldBeforeItIsNoted,
    }

    [Fact]
    public void D3_a_position_is_good_as_long_as_what_it_saw_is_there()
        => Closes("change lineage", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.OneLineageForAllRuns, "I51-SAME")]
    [InlineData(Fault.LineagesNotEnded, "I51-SAME")]
    [InlineData(Fault.EndedByTheNextConsumerOnly, "I51-SAME")]
    [InlineData(Fault.EndedAfterTheFirstCommit, "I51-SAME")]
    [InlineData(Fault.ToldBeforeItIsNoted, "I51-GOOD")]
    public void Change_lineage_faults_are_caught(Fault fault, string rule)
        => Catches("change lineage", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(new State(IsOpen: true))
            .Action("Commit", s => s.IsOpen && (s.IsEnded || fault is Fault.EndedAfterTheFirstCommit or Fault.EndedByTheNextConsumerOnly) && s.Count < Places, s => s.Commit())
            .Action("Flush", s => s.IsOpen && s.Durable < s.Count, s => s with { Durable = (byte)(s.Durable + 1) })
            .Action("Crash", s => s.IsOpen && s.Run < Runs - 1, s => s.Crash())
            .Action("Open: end the lineages", s => s.IsOpen && !s.IsEnded && fault != Fault.EndedByTheNextConsumerOnly, s => s.End(fault))
            .Action("Begin a lineage", s => s.IsOpen && (s.IsEnded || fault == Fault.EndedByTheNextConsumerOnly) && !s.IsNoted, s =>
                (s.IsEnded ? s : s.End(fault)).Begin(fault))
            .Action("Tell a position", s => s.IsOpen && s.IsEnded && (s.IsNoted || fault == Fault.ToldBeforeItIsNoted) && s.Count > 0, s => s.Tell(fault))
            .Invariant("I51-SAME", "What a good position is behind is what was seen.", s => !s.IsGood || s.SeesTheSame)
            .Invariant("I51-GOOD", "A position whose commits are all durable stays good.", s => s.IsGood || !s.IsOpen || !s.IsNoted || !s.SeesTheSame || s.ToldSequence > s.KeptOfTold)
            .Reachable("UNDONE", "A position is refused though there is another commit in its place.", s => s.IsNoted && s.HasTold && s.Count >= s.ToldSequence && !s.IsGood)
            .Reachable("SURVIVES", "A position of the first run is good in the last.", s => s.Run == Runs - 1 && s.IsNoted && s.IsGood && s.ToldRun == 0 && s.HasTold)
            .Terminal(_ => true);

    // Places hold the run that made the publication, in two bits each; ends hold three bits for each run.
    private readonly record struct State(
        byte Run = 0,
        bool IsOpen = false,
        bool IsEnded = true,
        bool IsNoted = false,
        byte Count = 0,
        byte Durable = 0,
        byte Made = 0,
        byte Listed = 0,
        int Ends = 0,
        bool HasTold = false,
        byte ToldRun = 0,
        byte ToldSequence = 0,
        byte ToldMade = 0,
        byte KeptOfTold = 0)
    {
        // As a reader of this run would be answered; before its lineage is noted nobody is.
        public bool IsGood => IsOpen && IsNoted && HasTold && Has(Listed, ToldRun) && ToldSequence <= Math.Min(EndOf(ToldRun), Count);

        public bool SeesTheSame => HasTold && ToldSequence <= Count && (Made & MaskOf(ToldSequence)) == ToldMade;

        public State Commit() => this with { Made = (byte)(Made | (Run << (2 * Count))), Count = (byte)(Count + 1) };

        public State Crash() => this with
        {
            Run = (byte)(Run + 1),
            IsEnded = false,
            IsNoted = false,
            Count = Durable,
            Made = (byte)(Made & MaskOf(Durable)),
            KeptOfTold = Math.Min(KeptOfTold, Durable),
        };

        public State End(Fault fault)
        {
            var ended = this with { IsEnded = true };
            for (byte run = 0; run < Runs && fault != Fault.LineagesNotEnded; run++)
            {
                if (Has(Listed, run))
                {
                    ended = ended.WithEnd(run, Math.Min(EndOf(run), Count));
                }
            }

            return ended;
        }

        public State Begin(Fault fault) => (this with { IsNoted = true, Listed = With(Listed, Own(fault)) }).WithEnd(Own(fault), GoesOn);

        public State Tell(Fault fault) => this with
        {
            HasTold = true,
            ToldRun = Own(fault),
            ToldSequence = Count,
            ToldMade = Made,
            KeptOfTold = Count,
        };

        private byte Own(Fault fault) => fault == Fault.OneLineageForAllRuns ? (byte)0 : Run;

        private static int MaskOf(int count) => (1 << (2 * count)) - 1;

        private int EndOf(int run) => Ends >> (3 * run) & 7;

        private State WithEnd(int run, int end) => this with { Ends = (Ends & ~(7 << (3 * run))) | (end << (3 * run)) };
    }
}
