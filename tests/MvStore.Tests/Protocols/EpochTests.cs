using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Epochs: two readers come and go, a retirer unlinks a block and frees it, and somebody advances the epoch, one step of the machine at a time. Plain
/// stores wait in a store buffer until they are drained, by themselves or by a barrier; loads do not wait for them.
/// </summary>
public sealed class EpochTests(ITestOutputHelper output)
{
    private const int LastEpoch = 5;
    private const int Outside = 15;
    private const int Nothing = 0;
    private static readonly int[] Readers = [0, 1];

    public enum Fault
    {
        None,
        OneGenerationTooFew,
        NoFenceOnRetire,
        NoBarrierOnAdvance,
        StaleWordIgnored,
        LinkLoadedBeforeWordIsStored,
        StampedBeforeUnlinking,
    }

    private enum Reading
    {
        Out,
        Loaded,
        Stored,
        Done,
    }

    private enum Retiring
    {
        Linked,
        Unlinked,
        Fenced,
        Stamped,
        Freed,
    }

    private enum Advancing
    {
        Idle,
        Looked,
        First,
        Second,
        Ready,
    }

    [Fact]
    public void No_reader_ever_holds_a_freed_block()
        => Closes("epochs", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.OneGenerationTooFew)]
    [InlineData(Fault.NoFenceOnRetire)]
    [InlineData(Fault.NoBarrierOnAdvance)]
    [InlineData(Fault.StaleWordIgnored)]
    [InlineData(Fault.LinkLoadedBeforeWordIsStored)]
    [InlineData(Fault.StampedBeforeUnlinking)]
    public void Epoch_faults_are_caught(Fault fault)
        => Catches("epochs", Make(fault), fault.ToString(), "NOT-HELD", output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(new State(Epoch: 1, Words: default(Slots).With(0, Outside).With(1, Outside), IsLinked: true))
            .Action("Reader: load epoch", Readers, (s, r) => s.PhaseOf(r) == Reading.Out, (s, r) =>
            {
                var loaded = s.To(r, Reading.Loaded) with { Loaded = s.Loaded.With(r, s.Epoch) };
                return fault == Fault.LinkLoadedBeforeWordIsStored ? loaded.Load(r) : loaded;
            })
            .Action("Reader: store word", Readers, (s, r) => s.PhaseOf(r) == Reading.Loaded, (s, r) =>
                s.To(r, Reading.Stored) with { Buffers = s.Buffers.With(r, s.Loaded[r]) })
            .Action("Reader: load link", Readers, (s, r) => s.PhaseOf(r) == Reading.Stored, (s, r) =>
                (fault == Fault.LinkLoadedBeforeWordIsStored ? s : s.Load(r)).To(r, Reading.Done))
            .Action("Reader: leave", Readers, (s, r) => s.PhaseOf(r) == Reading.Done, (s, r) => s.To(r, Reading.Out) with
            {
                Buffers = s.Buffers.With(r, Outside),
                Holding = Without(s.Holding, r),
                Loaded = s.Loaded.With(r, 0),
            })
            .Action("Reader: word drains", Readers, (s, r) => s.Buffers[r] != Nothing, (s, r) => s.DrainReader(r))
            .Action("Retirer: unlink", s => s.Retirer == Retiring.Linked, s => s with
            {
                Retirer = Retiring.Unlinked,
                UnlinkIsBuffered = true,
                Stamp = fault == Fault.StampedBeforeUnlinking ? s.Epoch : (byte)0,
            })
            .Action("Retirer: link drains", s => s.UnlinkIsBuffered, s => s.DrainRetirer())
            .Action("Retirer: fence", s => s.Retirer == Retiring.Unlinked, s =>
                (fault == Fault.NoFenceOnRetire ? s : s.DrainRetirer()) with { Retirer = Retiring.Fenced })
            .Action("Retirer: stamp", s => s.Retirer == Retiring.Fenced, s => s with
            {
                Retirer = Retiring.Stamped,
                Stamp = fault == Fault.StampedBeforeUnlinking ? s.Stamp : s.Epoch,
            })
            .Action("Retirer: free", s => s.Retirer == Retiring.Stamped && s.Epoch >= s.Stamp + (fault == Fault.OneGenerationTooFew ? 1 : 2), s =>
                s with { Retirer = Retiring.Freed })
            .Action("Advancer: look", s => s.Advancer == Advancing.Idle && s.Epoch < LastEpoch, s => s with { Advancer = Advancing.Looked })
            .Action("Advancer: barrier", s => s.Advancer == Advancing.Looked, s =>
                (fault == Fault.NoBarrierOnAdvance ? s : s.DrainReader(0).DrainReader(1).DrainRetirer()) with { Advancer = Advancing.First })
            .Action("Advancer: first word", s => s.Advancer == Advancing.First, s => s with
            {
                Advancer = s.Lets(0, fault) ? Advancing.Second : Advancing.Idle,
            })
            .Action("Advancer: second word", s => s.Advancer == Advancing.Second, s => s with
            {
                Advancer = s.Lets(1, fault) ? Advancing.Ready : Advancing.Idle,
            })
            .Action("Advancer: move on", s => s.Advancer == Advancing.Ready, s => s with { Advancer = Advancing.Idle, Epoch = (byte)(s.Epoch + 1) })
            .Invariant("NOT-HELD", "No reader holds a block that is free.", s => s.Retirer != Retiring.Freed || s.Holding == 0)
            .Reachable("HELD-BACK", "A reader holds a block that is stamped.", s => s.Retirer == Retiring.Stamped && s.Holding != 0)
            .Reachable("STALE", "A reader says an epoch long gone and holds nothing, while the block is free.", s =>
                s.Retirer == Retiring.Freed && s.Words[0] + 3 < s.Epoch && s.PhaseOf(0) == Reading.Done)
            .Reachable("ONE-BEHIND", "A reader of the epoch before holds the block.", s => s.Words[1] == s.Epoch - 1 && Has(s.Holding, 1))
            .Terminal(_ => false);

    private readonly record struct State(
        byte Epoch,
        Slots Words,
        bool IsLinked,
        Slots Phases = default,
        Slots Loaded = default,
        Slots Buffers = default,
        byte Holding = 0,
        bool UnlinkIsBuffered = false,
        Retiring Retirer = Retiring.Linked,
        byte Stamp = 0,
        Advancing Advancer = Advancing.Idle)
    {
        public Reading PhaseOf(int reader) => (Reading)Phases[reader];

        public State To(int reader, Reading phase) => this with { Phases = Phases.With(reader, (int)phase) };

        public State Load(int reader) => IsLinked ? this with { Holding = With(Holding, reader) } : this;

        public State DrainReader(int reader) => Buffers[reader] == Nothing
            ? this
            : this with { Words = Words.With(reader, Buffers[reader]), Buffers = Buffers.With(reader, Nothing) };

        public State DrainRetirer() => UnlinkIsBuffered ? this with { UnlinkIsBuffered = false, IsLinked = false } : this;

        public bool Lets(int reader, Fault fault)
            => Words[reader] >= Epoch || (fault == Fault.StaleWordIgnored && Words[reader] < Epoch - 1);
    }
}
