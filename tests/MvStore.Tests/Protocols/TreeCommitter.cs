using CsCheck;
using static MvStore.Tests.Protocols.TreeState;

namespace MvStore.Tests.Protocols;

/// <summary>Who adds B: by append, in a removed record's place, or by a leaf in the place of another; and who marks B removed when it is published.</summary>
internal static class TreeCommitter
{
    public const int Epoch = 2;
    private const int Lock = 1;

    private enum Phase
    {
        Idle,
        AtRoot,
        AtSlot,
        AtLeaf,
        Locked,
        SlotWritten,
        Linked,
        Unlocked,
        Made,
        Placed,
        Swung,
    }

    public static bool IsBeforeFrozenLeaf(TreeWorld world) => Is(world, Phase.AtLeaf) && world.Tree.Lock[world[Register.CommitterNode]] == Frozen;

    public static Spec<TreeWorld> AddTo(Spec<TreeWorld> spec, TreeFault fault)
        => spec
            .Step("Committer: begin", w => Is(w, Phase.Idle) && w.Tree.RecordWithLife(Live) == 0 && w.Tree.FreeRecord() != 0, w => w.With(
                LoadRoot(Begin(w.Tree))))
            .Step("Committer: root", w => Is(w, Phase.AtRoot), w => w.With(LoadRoot(w.Tree)))
            .Step("Committer: slot", w => Is(w, Phase.AtSlot), w => w.With(
                To(w.Tree, Phase.AtLeaf).Set(Register.CommitterNode, w.Tree.SlotOf(w[Register.CommitterNode], 1))))
            .Step("Committer: lock", w => Is(w, Phase.AtLeaf) && LeafLock(w.Tree) is 0 or Frozen, w => w.With(
                LeafLock(w.Tree) == Frozen && fault != TreeFault.AppendToFrozen
                    ? To(w.Tree, Phase.AtRoot).Set(Register.CommitterNode, 0)
                    : To(w.Tree, Phase.Locked) with { Lock = w.Tree.Lock.With(w[Register.CommitterNode], Lock) }))
            .Step("Committer: replace", w => Is(w, Phase.Locked) && PlaceOfB(w.Tree) >= 0, w => w.With(
                To(w.Tree, Phase.Linked).Store(w[Register.CommitterNode], PlaceOfB(w.Tree), w[Register.Candidate])))
            .Step("Committer: append", w => Is(w, Phase.Locked) && PlaceOfB(w.Tree) < 0, w => w.With(
                fault == TreeFault.CountBeforeSlot ? WriteCount(To(w.Tree, Phase.SlotWritten)) : WriteSlot(To(w.Tree, Phase.SlotWritten))))
            .Step("Committer: publish slot", w => Is(w, Phase.SlotWritten), w => w.With(
                fault == TreeFault.CountBeforeSlot ? WriteSlot(To(w.Tree, Phase.Linked)) : WriteCount(To(w.Tree, Phase.Linked))))
            .Step("Committer: unlock", w => Is(w, Phase.Linked), w => w.With(
                To(w.Tree, Phase.Unlocked) with { Lock = w.Tree.Lock.With(w[Register.CommitterNode], 0) }))
            .Step("Committer: make leaf", w => Is(w, Phase.Locked) && PlaceOfB(w.Tree) < 0 && w.Tree.FreeLeaf() != 0, w => w.With(MakeLeaf(w.Tree, fault)))
            .Step("Committer: find place", w => Is(w, Phase.Made) && (w[Register.StructureLock] == 0 || fault == TreeFault.SwingWithoutStructureLock), w =>
                w.With(FindPlace(w.Tree, fault)))
            .Step("Committer: swing", w => Is(w, Phase.Placed), w => w.With(Swing(w.Tree)))
            .Step("Committer: freeze and retire", w => Is(w, Phase.Swung), w => w.With(
                RetireLeaf(Fill(w.Tree, fault) with { Lock = w.Tree.Lock.With(w[Register.CommitterNode], fault == TreeFault.Unfreeze ? 0 : Frozen) }, fault)))
            .Step("Committer: publish", w => Is(w, Phase.Unlocked), w => w.With(To(w.Tree, Phase.Idle)
                .Set(Register.Published, w[Register.Candidate]).Set(Register.Candidate, 0).Set(Register.CommitterNode, 0).Leave(Epoch)))
            .Step("Mark removed", w => w[Register.Published] != 0, w => new TreeWorld(
                Mark(w.Tree, RecordBase + w[Register.Published], fault), w.Reader with { IsSteady = false }));

    private static bool Is(TreeWorld world, Phase phase) => world[Register.Committer] == (int)phase;

    private static TreeState To(TreeState tree, Phase phase) => tree.Set(Register.Committer, (int)phase);

    private static int LeafLock(TreeState tree) => tree.Lock[tree[Register.CommitterNode]];

    private static int PlaceOfB(TreeState tree) => Array.FindIndex(tree.ContentOf(tree[Register.CommitterNode]), record => KeyOf(record) == 2);

    private static TreeState Begin(TreeState tree)
    {
        var record = tree.FreeRecord();
        return (tree with { Life = tree.Life.With(RecordBase + record, Live) }).Set(Register.Candidate, record).Enter(Epoch);
    }

    private static TreeState LoadRoot(TreeState tree)
        => To(tree, tree.IsLeaf(tree[Register.Root]) ? Phase.AtLeaf : Phase.AtSlot).Set(Register.CommitterNode, tree[Register.Root]);

    private static TreeState WriteSlot(TreeState tree)
    {
        var leaf = tree[Register.CommitterNode];
        var slot = tree.Holds(leaf, 0) ? Array.IndexOf(tree.ContentOf(leaf), 0) : tree.Count[leaf];
        return tree.Store(leaf, slot, tree[Register.Candidate]);
    }

    private static TreeState WriteCount(TreeState tree)
    {
        var leaf = tree[Register.CommitterNode];
        return tree with { Count = tree.Count.With(leaf, tree.Count[leaf] + 1) };
    }

    private static int[] NewContent(TreeState tree) => [.. tree.ContentOf(tree[Register.CommitterNode]).Append(tree[Register.Candidate])];

    private static TreeState MakeLeaf(TreeState tree, TreeFault fault)
    {
        var leaf = tree.FreeLeaf();
        var content = NewContent(tree);
        return To(tree, Phase.Made).Make(leaf, fault == TreeFault.SwingBeforeFilling ? new int[content.Length] : content).Set(Register.CommitterNew, leaf);
    }

    private static TreeState FindPlace(TreeState tree, TreeFault fault)
    {
        var placed = To(tree, Phase.Placed).Set(Register.CommitterPlace, tree.IsLeaf(tree[Register.Root]) ? 0 : tree[Register.Root]);
        return fault == TreeFault.SwingWithoutStructureLock ? placed : placed.Set(Register.StructureLock, Lock);
    }

    private static TreeState Swing(TreeState tree)
    {
        var swung = To(tree, Phase.Swung).Set(Register.CommitterPlace, 0);
        var place = tree[Register.CommitterPlace];
        return place == 0 ? swung.Set(Register.Root, tree[Register.CommitterNew]) : swung.Store(place, 1, tree[Register.CommitterNew]);
    }

    private static TreeState Fill(TreeState tree, TreeFault fault)
        => fault == TreeFault.SwingBeforeFilling ? tree.Make(tree[Register.CommitterNew], NewContent(tree)) : tree;

    private static TreeState RetireLeaf(TreeState tree, TreeFault fault)
    {
        var unlocked = fault == TreeFault.SwingWithoutStructureLock ? tree : tree.Set(Register.StructureLock, 0);
        return To(unlocked, Phase.Unlocked).Retire(tree[Register.CommitterNode]).Set(Register.CommitterNew, 0).Set(Register.CommitterNode, 0);
    }

    private static TreeState Mark(TreeState tree, int record, TreeFault fault)
        => fault == TreeFault.RetireMarkedRecord
            ? tree.Set(Register.Published, 0).Retire(record)
            : tree.Set(Register.Published, 0) with { Life = tree.Life.With(record, Marked) };
}
