using CsCheck;
using static MvStore.Tests.Protocols.TreeState;

namespace MvStore.Tests.Protocols;

/// <summary>Who changes the structure, one change at a time: makes what is new under the locks, swings one slot or the root, freezes, retires.</summary>
internal static class TreeStructure
{
    private const int Lock = 2;

    public static Spec<TreeWorld> AddTo(Spec<TreeWorld> spec, TreeFault fault)
        => spec
            .Step("Structure: consolidate", [0, 1], (w, side) => MayChange(w.Tree, side, leaves: 1) && (side == 1 || !IsOneLeaf(w.Tree)), (w, side) =>
                w.With(Consolidate(w.Tree, side, fault)))
            .Step("Structure: split", w => IsOneLeaf(w.Tree) && MayChange(w.Tree, side: 1, leaves: 2) && w.Tree.FreeInner() != 0, w => w.With(Split(w.Tree)))
            .Step(
                "Structure: merge",
                w => !IsOneLeaf(w.Tree) && MayChange(w.Tree, side: 0, leaves: 1)
                    && (MayChange(w.Tree, side: 1, leaves: 1) || fault == TreeFault.MergeWithoutNeighbour),
                w => w.With(Merge(w.Tree, fault)))
            .Step("Structure: copy inner", w => !IsOneLeaf(w.Tree) && w[Register.StructureLock] == 0 && w.Tree.FreeInner() != 0, w => w.With(CopyInner(w.Tree)))
            .Step("Structure: remove", w => w.Tree.RecordWithLife(Marked) != 0 && MayChange(w.Tree, side: 1, leaves: 1), w => w.With(Remove(w.Tree, fault)))
            .Step("Structure: swing", w => w[Register.Structure] == 1, w => w.With(Swing(w.Tree)))
            .Step("Structure: freeze and retire", w => w[Register.Structure] == 2, w => w.With(Retire(Freeze(w.Tree, fault), fault)));

    private static bool IsOneLeaf(TreeState tree) => tree.IsLeaf(tree[Register.Root]);

    /// <summary>Whether the structure lock, the leaf's lock, and so many new leaves are to be had.</summary>
    private static bool MayChange(TreeState tree, int side, int leaves)
    {
        var free = tree.FreeLeaf();
        return tree[Register.StructureLock] == 0 && tree.Lock[tree.LeafNow(ofA: side == 0)] == 0 && free != 0 && (leaves == 1 || tree.FreeLeaf(free) != 0);
    }

    private static TreeState Begin(TreeState tree, int oldLeft, int oldRight, int newRoot)
    {
        var begun = tree.Set(Register.StructureLock, Lock).Set(Register.Structure, 1).Set(Register.OldLeft, oldLeft).Set(Register.OldRight, oldRight)
            .Set(Register.NewRoot, newRoot);
        begun = oldLeft == 0 ? begun : begun with { Lock = begun.Lock.With(oldLeft, Lock) };
        return oldRight == 0 ? begun : begun with { Lock = begun.Lock.With(oldRight, Lock) };
    }

    private static TreeState Consolidate(TreeState tree, int side, TreeFault fault)
    {
        var leaf = tree.LeafNow(ofA: side == 0);
        var begun = Rewrite(tree, leaf, tree.ContentOf(leaf));
        return fault == TreeFault.RetireBeforeUnlink ? begun.Retire(leaf) : begun;
    }

    private static TreeState Rewrite(TreeState tree, int leaf, int[] content)
    {
        var made = tree.FreeLeaf();
        return Begin(tree.Make(made, content), leaf, 0, IsOneLeaf(tree) ? made : 0).Set(Register.NewLeft, made);
    }

    private static TreeState Split(TreeState tree)
    {
        var leaf = tree[Register.Root];
        var left = tree.FreeLeaf();
        var right = tree.FreeLeaf(left);
        var inner = tree.FreeInner();
        int[] behind = [.. tree.ContentOf(leaf).Where(record => record != 1)];
        var made = (tree.Make(left, [1]).Make(right, behind) with { Life = tree.Life.With(left, Live).With(right, Live).With(inner, Live) })
            .Store(inner, 0, left).Store(inner, 1, right);
        return Begin(made, leaf, 0, inner);
    }

    private static TreeState Merge(TreeState tree, TreeFault fault)
    {
        var (left, right) = (tree.LeafNow(ofA: true), tree.LeafNow(ofA: false));
        var made = tree.FreeLeaf();
        var begun = Begin(tree.Make(made, [.. tree.ContentOf(left), .. tree.ContentOf(right)]), left, right, made);
        return fault == TreeFault.MergeWithoutNeighbour ? begun with { Lock = begun.Lock.With(right, tree.Lock[right]) } : begun;
    }

    private static TreeState CopyInner(TreeState tree)
    {
        var root = tree[Register.Root];
        var inner = tree.FreeInner();
        var made = (tree with { Life = tree.Life.With(inner, Live) }).Store(inner, 0, tree.SlotOf(root, 0)).Store(inner, 1, tree.SlotOf(root, 1));
        return Begin(made, 0, 0, inner);
    }

    private static TreeState Remove(TreeState tree, TreeFault fault)
    {
        var leaf = tree.LeafNow(ofA: false);
        var victim = tree.RecordWithLife(Marked);
        var isThere = fault == TreeFault.RemoveByKey ? tree.ContentOf(leaf).Any(record => KeyOf(record) == 2) : tree.Holds(leaf, victim);
        return isThere
            ? Rewrite(tree, leaf, [.. tree.ContentOf(leaf).Where(r => r != victim && (fault != TreeFault.RemoveByKey || KeyOf(r) != 2))])
                .Set(Register.Victim, victim)
            : tree.Retire(RecordBase + victim);
    }

    private static TreeState Swing(TreeState tree)
    {
        var swung = tree.Set(Register.Structure, 2).Set(Register.NewLeft, 0);
        var root = tree[Register.Root];
        return tree[Register.NewRoot] != 0
            ? swung.Set(Register.Root, tree[Register.NewRoot]).Set(Register.NewRoot, IsOneLeaf(tree) ? 0 : root)
            : swung.Store(root, tree.SlotOf(root, 0) == tree[Register.OldLeft] ? 0 : 1, tree[Register.NewLeft]);
    }

    private static TreeState Freeze(TreeState tree, TreeFault fault)
    {
        var frozen = tree;
        foreach (var leaf in (int[])[tree[Register.OldLeft], tree[Register.OldRight]])
        {
            frozen = leaf == 0 ? frozen : frozen with { Lock = frozen.Lock.With(leaf, fault == TreeFault.Unfreeze ? 0 : Frozen) };
        }

        return frozen;
    }

    private static TreeState Retire(TreeState tree, TreeFault fault)
    {
        var retired = tree;
        var victim = tree[Register.Victim];
        foreach (var item in (int[])[tree[Register.OldLeft], tree[Register.OldRight], tree[Register.NewRoot], victim == 0 ? 0 : RecordBase + victim])
        {
            retired = item == 0 || (fault == TreeFault.RetireBeforeUnlink && retired.Life[item] != Live && item <= Leaves) ? retired : retired.Retire(item);
        }

        return retired.Set(Register.OldLeft, 0).Set(Register.OldRight, 0).Set(Register.NewRoot, 0).Set(Register.Victim, 0).Set(Register.Structure, 0)
            .Set(Register.StructureLock, 0);
    }
}
