using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;
using static MvStore.Tests.Protocols.TreeState;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The record tree (rules of RecordTree): a committer adds B or puts it in a removed record's place, by appending or by replacing the leaf; somebody else
/// consolidates, splits, merges, copies inner nodes and takes out what was marked removed; a cursor walks in either direction, suspended at will. A and C
/// are always there. I2 as far as the index goes.
/// </summary>
public sealed class TreeTests(ITestOutputHelper output)
{
    private const int ReaderEpoch = 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void I2_a_cursor_meets_all_that_stays_once_whatever_happens_to_the_nodes(bool isReverse)
        => Closes("tree", Make(TreeFault.None, [isReverse]), output);

    [Theory]
    [InlineData(TreeFault.CountBeforeSlot, "READ-WHOLE")]
    [InlineData(TreeFault.SwingBeforeFilling, "I2-REACHABLE")]
    [InlineData(TreeFault.Unfreeze, "I2-REACHABLE")]
    [InlineData(TreeFault.AppendToFrozen, "I2-REACHABLE")]
    [InlineData(TreeFault.RetireBeforeUnlink, "I2-REACHABLE")]
    [InlineData(TreeFault.RetireMarkedRecord, "READ-FREED")]
    [InlineData(TreeFault.RemoveByKey, "I2-REACHABLE")]
    [InlineData(TreeFault.SwingWithoutStructureLock, "I2-REACHABLE")]
    [InlineData(TreeFault.MergeWithoutNeighbour, "I2-REACHABLE")]
    [InlineData(TreeFault.ViewAfterRoot, "COMPLETE")]
    [InlineData(TreeFault.NextFromNewParent, "ONCE-IN-ORDER")]
    [InlineData(TreeFault.KeepLeafWhileSuspended, "READ-FREED")]
    public void Tree_faults_are_caught(TreeFault fault, string rule)
        => Catches("tree", Make(fault, [false, true]), fault.ToString(), rule, output);

    private static Spec<TreeWorld> Make(TreeFault fault, bool[] directions)
    {
        var spec = Spec.From(new TreeWorld(Initial, default));
        spec = TreeCommitter.AddTo(spec, fault);
        spec = TreeStructure.AddTo(spec, fault);
        return WithRules(WithReader(spec, fault, directions));
    }

    private static Spec<TreeWorld> WithReader(Spec<TreeWorld> spec, TreeFault fault, bool[] directions)
    {
        var isLate = fault == TreeFault.ViewAfterRoot;
        var keepsLeaf = fault == TreeFault.KeepLeafWhileSuspended;
        return spec
            .Step("Reader: begin", directions, (w, _) => w.Reader.Phase == TreeReader.Idle, (w, isReverse) => new TreeWorld(
                w.Tree.Enter(ReaderEpoch), TreeReader.Begin(isReverse, !isLate && w[Register.Published] != 0)))
            .Step("Reader: root", w => w.Reader.Phase == TreeReader.AtRoot, w => w with { Reader = w.Reader.Root(w.Tree) })
            .Step("Reader: slot", w => w.Reader.Phase == TreeReader.AtSlot, w => w with { Reader = w.Reader.Touch(w.Tree, w.Reader.Inner).Slot(w.Tree) })
            .Step("Reader: count", w => w.Reader.Phase == TreeReader.AtCount, w => w with
            {
                Reader = w.Reader.Touch(w.Tree, w.Reader.Leaf).LoadCount(w.Tree) with
                {
                    IsSteady = w.Reader.IsSteady || (isLate && w.Reader.Last == 0 && w[Register.Published] != 0),
                },
            })
            .Step("Reader: records", w => w.Reader.Phase == TreeReader.AtRecords, w => w with
            {
                Reader = w.Reader.Touch(w.Tree, w.Reader.Leaf).LoadRecords(w.Tree),
            })
            .Step("Reader: next", w => w.Reader.Phase == TreeReader.Between, w => w with
            {
                Reader = fault == TreeFault.NextFromNewParent && !w.Reader.IsAtLastLeaf ? w.Reader.NextFrom(w.Tree) : w.Reader.Next(),
            })
            .Step("Reader: suspend", w => w.Reader.Phase == TreeReader.Between && w.Reader.Last != 0, w => new TreeWorld(
                w.Tree.Leave(ReaderEpoch), keepsLeaf ? w.Reader with { Phase = TreeReader.Suspended } : w.Reader.Suspend()))
            .Step("Reader: resume", w => w.Reader.Phase == TreeReader.Suspended, w => new TreeWorld(
                w.Tree.Enter(ReaderEpoch), keepsLeaf ? w.Reader.Next() : w.Reader.Resume()))
            .Step("Reader: close", w => w.Reader.Phase == TreeReader.Done, w => new TreeWorld(w.Tree.Leave(ReaderEpoch), default));
    }

    private static Spec<TreeWorld> WithRules(Spec<TreeWorld> spec)
        => spec
            .Invariant("READ-FREED", "Nobody reads memory that was freed.", w => (w.Reader.Broken & 1) == 0)
            .Invariant("READ-WHOLE", "A slot that was published holds a record.", w => (w.Reader.Broken & 2) == 0)
            .Invariant("ONCE-IN-ORDER", "A cursor shows keys in order, each once.", w => (w.Reader.Broken & 4) == 0)
            .Invariant("I2-REACHABLE", "The way down from the root leads to every record that is there.", w =>
                w.Tree.Holds(w.Tree.LeafNow(ofA: true), 1) && w.Tree.Holds(w.Tree.LeafNow(ofA: false), 4)
                && (w[Register.Published] == 0 || w.Tree.Holds(w.Tree.LeafNow(ofA: false), w[Register.Published])))
            .Invariant("COMPLETE", "A cursor shows all that was there when its view was captured and stayed.", w =>
                w.Reader.Phase != TreeReader.Done || (Has(w.Reader.Seen, 1) && Has(w.Reader.Seen, 3) && (!w.Reader.IsSteady || Has(w.Reader.Seen, 2))))
            .Reachable("STALE-PARENT", "A cursor goes on through an inner node that has left the tree.", w =>
                w.Reader.Phase == TreeReader.AtSlot && w.Reader.Last != 0 && w.Reader.Inner != w[Register.Root])
            .Reachable("STALE-LEAF", "A cursor reads a leaf that was frozen.", w =>
                w.Reader.Phase == TreeReader.AtRecords && w.Tree.Lock[w.Reader.Leaf] == Frozen)
            .Reachable("MET-FROZEN", "A committer stands before a frozen leaf.", TreeCommitter.IsBeforeFrozenLeaf)
            .Terminal(_ => false);
}
