using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The life of a key's record (DESIGN 3, "Eviction"): two committers look the key up, adding a record when there is none, and link under the
/// record's monitor; an evictor empties the chain, marks the record removed under the monitor and takes it out of the index; a reader loads
/// the publication, then the index, then the chain, then the tier. I2, I5.
/// </summary>
public sealed class RecordTests(ITestOutputHelper output)
{
    private const int MaxRecords = 4;
    private static readonly int[] Committers = [0, 1];

    public enum Fault
    {
        None,
        LinkIntoRemoved,
        RemoveByKey,
        MarkWithoutLooking,
        IndexBeforePublication,
    }

    private enum Phase
    {
        Idle,
        Found,
        Linked,
        Published,
    }

    [Fact]
    public void D6_a_record_that_leaves_the_index_takes_nothing_with_it()
        => Closes("record", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.LinkIntoRemoved, "I2-REACHABLE")]
    [InlineData(Fault.RemoveByKey, "I2-REACHABLE")]
    [InlineData(Fault.MarkWithoutLooking, "I2-REACHABLE")]
    [InlineData(Fault.IndexBeforePublication, "I5-FOUND")]
    public void Record_faults_are_caught(Fault fault, string rule)
        => Catches("record", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        var spec = Spec.From(default(State))
            .Action("Look up", Committers, (s, c) => s.PhaseOf(c) == Phase.Idle && (s.Index != 0 || s.Records < MaxRecords), (s, c) =>
                s.LookUp(c, replace: false))
            .Action("Look up, replacing", Committers, (s, c) => s.PhaseOf(c) == Phase.Idle && Has(s.Removed, s.Index) && s.Records < MaxRecords,
                (s, c) => s.LookUp(c, replace: true))
            .Action("Link", Committers, (s, c) => s.PhaseOf(c) == Phase.Found, (s, c) =>
                Has(s.Removed, s.RecordOf[c]) && fault != Fault.LinkIntoRemoved
                    ? s.To(c, Phase.Idle) with { RecordOf = s.RecordOf.With(c, 0) }
                    : s.To(c, Phase.Linked))
            .Action("Publish", Committers, (s, c) => s.PhaseOf(c) == Phase.Linked, (s, c) => s.To(c, Phase.Published))
            .Action("Flush", Committers, (s, c) => s.PhaseOf(c) == Phase.Published && !Has(s.Disk, c), (s, c) =>
                s with { Disk = With(s.Disk, c) })
            .Action("Evict entry", Committers, (s, c) => Has(s.Disk, c) && !Has(s.Evicted, c), (s, c) =>
                s with { Evicted = With(s.Evicted, c) })
            .Action("Evictor visits", s => s.Evictor == 0 && s.Index != 0 && s.IsEmpty(s.Index), s =>
                s with { Evictor = 1, Victim = s.Index })
            .Action("Mark removed", s => s.Evictor == 1, s => s.IsEmpty(s.Victim) || fault == Fault.MarkWithoutLooking
                ? s with { Evictor = 2, Removed = With(s.Removed, s.Victim) }
                : s with { Evictor = 0, Victim = 0 })
            .Action("Leave index", s => s.Evictor == 2, s => s with
            {
                Evictor = 0,
                Victim = 0,
                Index = s.Index == s.Victim || fault == Fault.RemoveByKey ? (byte)0 : s.Index,
            });

        spec = fault == Fault.IndexBeforePublication
            ? spec
                .Action("Reader: index", s => s.Reader == 0, s => s with { Reader = 1, ReaderRecord = s.Index })
                .Action("Reader: publication", s => s.Reader == 1, s => s with { Reader = 2, View = s.PublishedMask })
            : spec
                .Action("Reader: publication", s => s.Reader == 0, s => s with { Reader = 1, View = s.PublishedMask })
                .Action("Reader: index", s => s.Reader == 1, s => s with { Reader = 2, ReaderRecord = s.Index });

        return spec
            .Action("Reader: chain", s => s.Reader == 2, s => s with { Reader = 3, Seen = (byte)(s.View & s.ChainOf(s.ReaderRecord)) })
            .Action("Reader: tier", s => s.Reader == 3, s => s with { Reader = 4, Seen = (byte)(s.Seen | (s.View & s.Disk)) })
            .Action("Reader: close", s => s.Reader == 4, s => s with { Reader = 0, ReaderRecord = 0, View = 0, Seen = 0 })
            .Invariant("I2-REACHABLE", "A published entry that is not on disk is in the record the index leads to.", s =>
                Committers.All(c => s.PhaseOf(c) != Phase.Published || Has(s.Disk, c) || (s.RecordOf[c] == s.Index && s.Index != 0)))
            .Invariant("I5-FOUND", "A reader meets every entry of its view in memory or in the tier.", s => s.Reader != 4 || s.Seen == s.View)
            .Reachable("REVIVED", "A key that left the index comes back in a new record.", s =>
                s.Index > 1 && Committers.Any(c => s.PhaseOf(c) == Phase.Published && s.RecordOf[c] == s.Index))
            .Reachable("MET-THE-MARK", "A committer holds a record that is marked removed.", s =>
                Committers.Any(c => s.PhaseOf(c) == Phase.Found && Has(s.Removed, s.RecordOf[c])))
            .Terminal(_ => false);
    }

    private readonly record struct State(
        Slots Phases,
        Slots RecordOf,
        byte Records,
        byte Index,
        byte Removed,
        byte Disk,
        byte Evicted,
        byte Evictor,
        byte Victim,
        byte Reader,
        byte ReaderRecord,
        byte View,
        byte Seen)
    {
        public byte PublishedMask => (byte)((PhaseOf(0) == Phase.Published ? 1 : 0) | (PhaseOf(1) == Phase.Published ? 2 : 0));

        public Phase PhaseOf(int committer) => (Phase)Phases[committer];

        public State To(int committer, Phase phase) => this with { Phases = Phases.With(committer, (int)phase) };

        public State LookUp(int committer, bool replace)
        {
            if (Index != 0 && !replace)
            {
                return To(committer, Phase.Found) with { RecordOf = RecordOf.With(committer, Index) };
            }

            var record = (byte)(Records + 1);
            return To(committer, Phase.Found) with { Records = record, Index = record, RecordOf = RecordOf.With(committer, record) };
        }

        public byte ChainOf(int record)
        {
            byte chain = 0;
            for (var c = 0; c < 2; c++)
            {
                if (record != 0 && RecordOf[c] == record && PhaseOf(c) is Phase.Linked or Phase.Published && !Has(Evicted, c))
                {
                    chain = With(chain, c);
                }
            }

            return chain;
        }

        public bool IsEmpty(int record) => ChainOf(record) == 0;
    }
}
