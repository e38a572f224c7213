using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;
using static MvStore.Tests.Protocols.RecordState;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The life of a key's record: two committers look in the table, put a candidate into the tree when there is none or a removed one, link under the record's lock, and
/// see to the table; a trimmer empties the chain, marks the record removed under its lock, takes that very record out of table and tree, and retires
/// it; a reader loads the publication, then the table or the tree, then the chain, then the persistent tier. I2, I5.
/// </summary>
public sealed class RecordTests(ITestOutputHelper output)
{
    private static readonly int[] Committers = [0, 1];
    private static readonly int[] Entries = [0, 1, 2];

    public enum Fault
    {
        None,
        LinkIntoRemoved,
        RemoveByKey,
        MarkWithoutLooking,
        IndexBeforePublication,
        MetIsNotAddedToTable,
        RemovedIsNotReplacedInTable,
        TreeIsNotAsked,
        RetireBeforeLeavingTree,
        FreeAtOnce,
    }

    [Fact]
    public void D6_a_record_that_leaves_the_index_takes_nothing_with_it()
        => Closes("record", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.LinkIntoRemoved, "I2-REACHABLE")]
    [InlineData(Fault.RemoveByKey, "I2-REACHABLE")]
    [InlineData(Fault.MarkWithoutLooking, "I2-REACHABLE")]
    [InlineData(Fault.IndexBeforePublication, "I5-FOUND")]
    [InlineData(Fault.MetIsNotAddedToTable, "I2-REACHABLE")]
    [InlineData(Fault.RemovedIsNotReplacedInTable, "I2-REACHABLE")]
    [InlineData(Fault.TreeIsNotAsked, "IN-TREE")]
    [InlineData(Fault.RetireBeforeLeavingTree, "NOT-FREED")]
    [InlineData(Fault.FreeAtOnce, "NOT-FREED")]
    public void Record_faults_are_caught(Fault fault, string rule)
        => Catches("record", Make(fault), fault.ToString(), rule, output);

    private static Spec<RecordState> Make(Fault fault)
        => Reader(Trimmer(Committer(Spec.From(Initial), fault), fault), fault)
            .Invariant("NOT-FREED", "Nobody has a record that is free, and no index leads to one.", s =>
                (s.ReaderRecord == 0 || s.Life[s.ReaderRecord] != 0)
                && Committers.All(c => s.PhaseOf(c) is not (Phase.Found or Phase.Met or Phase.ToTable) || s.Life[s.RecordOf[c]] != 0)
                && (s.Tree == 0 || s.Life[s.Tree] == Live)
                && (s.Table == 0 || s.Life[s.Table] == Live))
            .Invariant("I2-REACHABLE", "A published entry that is not on disk is in the record that both tree and table lead to.", s =>
                Committers.All(c => !Has(s.Published, c) || Has(s.Disk, c) || (s.Tree == s.Table && s.Tree != 0 && Has(s.Chains[s.Tree], c))))
            .Invariant("I5-FOUND", "A reader meets every entry of its view in memory or in the tier.", s => s.Reader != 4 || s.Seen == s.View)
            .Invariant("IN-TREE", "What the table leads to is in the tree, unless it is removed.", s =>
                s.Table == 0 || s.IsRemoved(s.Table) || s.Tree == s.Table)
            .Reachable("HELPED-IN-TREE", "A committer replaced a removed record in the tree before the trimmer came to it.", s =>
                s.Trimmer is 2 or 3 && s.Tree != 0 && s.Tree != s.Victim)
            .Reachable("HELPED-IN-TABLE", "And in the table.", s => s.Trimmer == 2 && s.Table != 0 && s.Table != s.Victim)
            .Reachable("MET-THE-MARK", "A committer holds a record that is marked removed.", s =>
                Committers.Any(c => s.PhaseOf(c) is Phase.Found or Phase.Met && s.IsRemoved(s.RecordOf[c])))
            .Reachable("BOTH", "Two committers link to one record, one of them before it is in the table.", s =>
                Committers.All(c => s.PhaseOf(c) == Phase.ToTable && s.RecordOf[c] == s.RecordOf[0]))
            .Reachable("REUSED", "A record is where another one was before.", s => s.IsReused)
            .Terminal(_ => false);

    private static Spec<RecordState> Committer(Spec<RecordState> spec, Fault fault)
        => spec
            .Action("Committer: table", Committers, (s, c) => s.PhaseOf(c) == Phase.Idle, (s, c) =>
            {
                var misses = s.Table == 0 || (s.IsRemoved(s.Table) && fault != Fault.LinkIntoRemoved);
                return s.Enter(EpochOf(c)).To(c, misses ? Phase.Missed : Phase.Found, misses ? 0 : s.Table);
            })
            .Action("Committer: tree", Committers, (s, c) => s.PhaseOf(c) == Phase.Missed && s.FreeRecord() != 0, (s, c) =>
                s.Tree == 0 || s.IsRemoved(s.Tree) || fault == Fault.TreeIsNotAsked ? s.Place(c) : s.To(c, Phase.Met, s.Tree))
            .Action("Committer: link", Committers, (s, c) => s.PhaseOf(c) is Phase.Found or Phase.Met, (s, c) =>
            {
                var record = s.RecordOf[c];
                if (s.IsRemoved(record) && fault != Fault.LinkIntoRemoved)
                {
                    return s.To(c, Phase.Idle).Leave(EpochOf(c));
                }

                return s.PhaseOf(c) == Phase.Met && fault != Fault.MetIsNotAddedToTable
                    ? s.Link(c, record).To(c, Phase.ToTable, record)
                    : s.Link(c, record).To(c, Phase.Linked).Leave(EpochOf(c));
            })
            .Action("Committer: to table", Committers, (s, c) => s.PhaseOf(c) == Phase.ToTable, (s, c) =>
            {
                var isFree = s.Table == 0 || (s.IsRemoved(s.Table) && fault != Fault.RemovedIsNotReplacedInTable);
                return (s with { Table = isFree ? (byte)s.RecordOf[c] : s.Table }).To(c, Phase.Linked).Leave(EpochOf(c));
            })
            .Action("Committer: publish", Committers, (s, c) => s.PhaseOf(c) == Phase.Linked, (s, c) =>
                s.To(c, Phase.Published) with { Published = With(s.Published, c) });

    private static Spec<RecordState> Trimmer(Spec<RecordState> spec, Fault fault)
        => spec
            .Action("Flush", Committers, (s, c) => Has(s.Published, c) && !Has(s.Disk, c), (s, c) => s with { Disk = With(s.Disk, c) })
            .Action("Evict entry", Entries, (s, e) => Has(s.Disk, e) && Enumerable.Range(1, Records).Any(r => Has(s.Chains[r], e)), (s, e) =>
                s.Evict(e))
            .Action("Trimmer: visit", s => s.Trimmer == 0 && s.Tree != 0, s => s with { Trimmer = 1, Victim = s.Tree })
            .Action("Trimmer: mark", s => s.Trimmer == 1, s => s.IsEmpty(s.Victim) || fault == Fault.MarkWithoutLooking
                ? s with { Trimmer = 2, Removed = With(s.Removed, s.Victim) }
                : s with { Trimmer = 0, Victim = 0 })
            .Action("Trimmer: out of table", s => s.Trimmer == 2, s =>
            {
                var early = fault == Fault.RetireBeforeLeavingTree ? s.Retire(s.Victim, freesAtOnce: false) : s;
                return early with { Trimmer = 3, Table = s.Table == s.Victim || fault == Fault.RemoveByKey ? (byte)0 : s.Table };
            })
            .Action("Trimmer: out of tree", s => s.Trimmer == 3, s => s with
            {
                Trimmer = 4,
                Tree = s.Tree == s.Victim || fault == Fault.RemoveByKey ? (byte)0 : s.Tree,
            })
            .Action("Trimmer: retire", s => s.Trimmer == 4, s =>
                (fault == Fault.RetireBeforeLeavingTree ? s : s.Retire(s.Victim, fault == Fault.FreeAtOnce)) with { Trimmer = 0, Victim = 0 });

    private static Spec<RecordState> Reader(Spec<RecordState> spec, Fault fault)
    {
        var (publication, index) = fault == Fault.IndexBeforePublication ? (1, 0) : (0, 1);
        return spec
            .Action("Reader: publication", s => s.Reader == publication, s => s with { Reader = (byte)(publication + 1), View = s.Published })
            .Action("Reader: table", s => s.Reader == index, s => s.Enter(ReaderEpoch) with { Reader = (byte)(index + 1), ReaderRecord = s.Table })
            .Action("Reader: tree", s => s.Reader == index, s => s.Enter(ReaderEpoch) with { Reader = (byte)(index + 1), ReaderRecord = s.Tree })
            .Action("Reader: chain", s => s.Reader == 2, s =>
                (s with { Reader = 3, Seen = (byte)(s.View & s.Chains[s.ReaderRecord]), ReaderRecord = 0 }).Leave(ReaderEpoch))
            .Action("Reader: tier", s => s.Reader == 3, s => s with { Reader = 4, Seen = (byte)(s.Seen | (s.View & s.Disk)) })
            .Action("Reader: close", s => s.Reader == 4, s => s with { Reader = 0, View = 0, Seen = 0 });
    }

    private static int EpochOf(int committer) => 2 << committer;
}
