using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// A tier whose answers get lost (DESIGN 3, "The seam to the persistent tier"): slices written one after the other; each attempt is done, refused for good, lost, done with its answer lost, or
/// late, which is: it arrives at any later step, however many slices later; the mark is asked for after each doubt; another owner may take over at any step. I10, I11, I12.
/// </summary>
public sealed class DoubtTests(ITestOutputHelper output)
{
    private const int Slices = 3;
    private const int MaxLate = 2;

    public enum Fault
    {
        None,
        AppliesOntoAnyMark,
        GoesOnInDoubt,
        TakesNotArrivedForArrived,
        BelievesARefusalInDoubt,
        WritesWithoutAskingAndBelievesTheAnswer,
        LateWritesPassTheEpoch,
    }

    private enum Phase
    {
        Ready,
        Doubt,
        Refused,
        Known,
        Stopped,
    }

    [Fact]
    public void D4_a_slice_in_doubt_is_applied_once_and_the_store_knows()
        => Closes("doubt", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.AppliesOntoAnyMark, "I10-ONCE")]
    [InlineData(Fault.GoesOnInDoubt, "I10-KNOWN")]
    [InlineData(Fault.TakesNotArrivedForArrived, "I10-KNOWN")]
    [InlineData(Fault.BelievesARefusalInDoubt, "I11-HARMLESS")]
    [InlineData(Fault.WritesWithoutAskingAndBelievesTheAnswer, "I11-HARMLESS")]
    [InlineData(Fault.LateWritesPassTheEpoch, "I12-FENCED")]
    public void Doubt_faults_are_caught(Fault fault, string rule)
        => Catches("doubt", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        int[] slices = [.. Enumerable.Range(1, Slices)];
        return Spec.From(new State { Slice = 1 })
            .Action("Write", s => s.CanWrite, s => s.IsReplaced ? s with { Phase = Phase.Stopped } : s.Mark == s.Slice - 1 || fault == Fault.AppliesOntoAnyMark
                ? s.Apply(s.Slice) with { Phase = Phase.Known }
                : s with { Phase = s.WasInDoubt && fault != Fault.BelievesARefusalInDoubt ? Phase.Refused : Phase.Stopped })
            .Action("Write, request lost", s => s.CanWrite, s => s.InDoubt(fault))
            .Action("Write, answer lost", s => s.CanWrite, s => s.Arrive(s.Slice, fault).InDoubt(fault))
            .Action("Write, late", s => s.CanWrite && s.Late[s.Slice] < MaxLate, s =>
                s with { Late = s.Late.With(s.Slice, s.Late[s.Slice] + 1), Phase = fault == Fault.GoesOnInDoubt ? Phase.Known : s.InDoubt(fault).Phase, WasInDoubt = true })
            .Action("Arrive", slices, (s, n) => s.Late[n] > 0, (s, n) =>
                (s with { Late = s.Late.With(n, s.Late[n] - 1) }).Arrive(n, fault))
            .Action("Ask", s => s.Phase is Phase.Doubt or Phase.Refused, s =>
                s.IsReplaced ? s with { Phase = Phase.Stopped }
                : s.Mark == s.Slice || fault == Fault.TakesNotArrivedForArrived ? s with { Phase = Phase.Known }
                : s.Phase == Phase.Refused ? s with { Phase = Phase.Stopped }
                : s with { Phase = Phase.Ready })
            .Action("Go on", s => s.Phase == Phase.Known && s.Slice < Slices, s =>
                s with { Believed = s.Slice, Slice = (byte)(s.Slice + 1), Phase = Phase.Ready, WasInDoubt = false })
            .Action("Other owner opens", s => !s.IsReplaced, s => s with { IsReplaced = true, MarkAtTakeover = s.Mark })
            .Invariant("I10-ONCE", "No slice is applied twice, nor onto another mark than it names.", s => !s.Wrong)
            .Invariant("I10-KNOWN", "What the store takes for durable is.", s => s.Believed <= s.Mark && (s.Phase != Phase.Known || s.Slice <= s.Mark))
            .Invariant("I11-HARMLESS", "Lost and late messages alone do not stop the store.", s => s.Phase != Phase.Stopped || s.IsReplaced)
            .Invariant("I12-FENCED", "Nothing of an earlier owner has an effect once another one has opened.", s => !s.IsReplaced || s.Mark == s.MarkAtTakeover)
            .Reachable("LATE-ARRIVED", "A late write refused the one that was made again, and was recognized.", s => s.Phase == Phase.Refused && s.Mark == s.Slice)
            .Reachable("LATE-REFUSED", "All is done, and a write of the first slice is still under way.", s => s.Mark == Slices && s.Late[1] > 0)
            .Terminal(s => s.Phase == Phase.Stopped || (s.Phase == Phase.Known && s.Slice == Slices));
    }

    private readonly record struct State(
        Phase Phase,
        byte Slice,
        byte Mark,
        byte Believed,
        byte MarkAtTakeover,
        bool WasInDoubt,
        bool IsReplaced,
        bool Wrong,
        Slots Late)
    {
        public bool CanWrite => Phase == Phase.Ready;

        public State Apply(int slice) => this with { Wrong = Wrong || Mark != slice - 1, Mark = (byte)slice };

        /// <summary>A message comes to the tier that nobody waits for any more.</summary>
        public State Arrive(int slice, Fault fault)
            => (IsReplaced && fault != Fault.LateWritesPassTheEpoch) || (Mark != slice - 1 && fault != Fault.AppliesOntoAnyMark) ? this : Apply(slice);

        public State InDoubt(Fault fault) => this with
        {
            WasInDoubt = fault != Fault.WritesWithoutAskingAndBelievesTheAnswer,
            Phase = fault switch
            {
                Fault.GoesOnInDoubt => Phase.Known,
                Fault.WritesWithoutAskingAndBelievesTheAnswer => Phase.Ready,
                _ => Phase.Doubt,
            },
        };
    }
}
