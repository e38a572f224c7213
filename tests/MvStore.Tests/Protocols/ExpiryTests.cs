using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The age limit of a pin (DESIGN 10, I28): a reader under it, a collector that meets it, a clock, and a holder that moves the limit on. The collector goes by the limit only once it has
/// made final that it was reached; the reader looks at the limit after it read; the holder moves on only what he compared with.
/// </summary>
public sealed class ExpiryTests(ITestOutputHelper output)
{
    private const int LastMoment = 3;
    private const int Final = 9;

    public enum Fault
    {
        None,
        LimitLookedAtBeforeReading,
        CollectorGoesByTheClockAlone,
        MovedOnWithoutComparing,
        FinalAfterRemoving,
    }

    private enum Reading
    {
        Start,
        Looked,
        Read,
        Answered,
        Failed,
    }

    private enum Collecting
    {
        Start,
        FoundReached,
        Removing,
        Finishing,
        Done,
    }

    private enum Moving
    {
        Start,
        Compared,
        Done,
    }

    [Fact]
    public void C2_a_read_that_missed_something_never_counts()
        => Closes("expiry", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.LimitLookedAtBeforeReading, "I28-TRUE")]
    [InlineData(Fault.CollectorGoesByTheClockAlone, "I28-TRUE")]
    [InlineData(Fault.MovedOnWithoutComparing, "I28-TRUE")]
    [InlineData(Fault.FinalAfterRemoving, "I28-TRUE")]
    public void Expiry_faults_are_caught(Fault fault, string rule)
        => Catches("expiry", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(new State(End: 1))
            .Action("Time passes", s => s.Now < LastMoment, s => s with { Now = (byte)(s.Now + 1) })
            .Action("Reader: begin", s => s.Reader == Reading.Start, s =>
                s with { Reader = s.IsReached && fault == Fault.LimitLookedAtBeforeReading ? Reading.Failed : Reading.Looked })
            .Action("Reader: read", s => s.Reader == Reading.Looked, s =>
                s with { Reader = Reading.Read, HasMissed = s.IsRemoved })
            .Action("Reader: look at the limit", s => s.Reader == Reading.Read, s =>
                fault != Fault.LimitLookedAtBeforeReading && s.IsReached
                    ? (s.End == Final ? s : s with { End = Final }) with { Reader = Reading.Failed }
                    : s with { Reader = Reading.Answered })
            .Action("Collector: look at the limit", s => s.Collector == Collecting.Start, s => s.IsReached
                ? s with { Collector = Collecting.FoundReached, Seen = s.End }
                : s)
            .Action("Collector: make it final", s => s.Collector == Collecting.FoundReached, s => fault switch
            {
                Fault.CollectorGoesByTheClockAlone or Fault.FinalAfterRemoving => s with { Collector = Collecting.Removing },
                _ when s.End == s.Seen => s with { End = Final, Collector = Collecting.Removing },
                _ => s with { Collector = Collecting.Start },
            })
            .Action("Collector: remove", s => s.Collector == Collecting.Removing, s => s with { IsRemoved = true, Collector = Collecting.Finishing })
            .Action("Collector: end", s => s.Collector == Collecting.Finishing, s =>
                s with { Collector = Collecting.Done, End = fault == Fault.FinalAfterRemoving ? (byte)Final : s.End })
            .Action("Holder: compare", s => s.Holder == Moving.Start, s =>
                s with { Holder = s.IsReached ? Moving.Done : Moving.Compared, Compared = s.End })
            .Action("Holder: move on", s => s.Holder == Moving.Compared, s => s.End == s.Compared || fault == Fault.MovedOnWithoutComparing
                ? s with { End = LastMoment, Holder = Moving.Done }
                : s with { Holder = Moving.Start })
            .Invariant("I28-TRUE", "A read that missed what was removed fails.", s => s.Reader != Reading.Answered || !s.HasMissed)
            .Reachable("MISSED", "A read misses what was removed, and fails.", s => s.Reader == Reading.Failed && s.HasMissed)
            .Reachable("MOVED-ON", "The limit is moved on, and a read after its first end is right.", s =>
                s.Holder == Moving.Done && s.End == LastMoment && s.Now == 2 && s.Reader == Reading.Answered)
            .Reachable("TOO-LATE", "The holder comes too late.", s => s.Holder == Moving.Done && s.End == Final && s.IsRemoved)
            .Terminal(s => s.Now == LastMoment && s.Reader is Reading.Answered or Reading.Failed && s.Collector == Collecting.Done && s.Holder == Moving.Done);

    private readonly record struct State(
        byte End,
        byte Now = 0,
        byte Seen = 0,
        byte Compared = 0,
        Reading Reader = Reading.Start,
        Collecting Collector = Collecting.Start,
        Moving Holder = Moving.Start,
        bool IsRemoved = false,
        bool HasMissed = false)
    {
        public bool IsReached => End == Final || Now >= End;
    }
}
