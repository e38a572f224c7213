using static MvStore.Tests.Protocols.TreeState;

namespace MvStore.Tests.Protocols;

/// <summary>The tree with those who change it, and the cursor.</summary>
internal readonly record struct TreeWorld(TreeState Tree, TreeReader Reader)
{
    // Registers that name a node.
    private static readonly Register[] Names =
    [
        Register.Root, Register.CommitterNode, Register.CommitterNew, Register.CommitterPlace, Register.OldLeft, Register.OldRight,
        Register.NewLeft, Register.NewRoot,
    ];

    public int this[Register register] => Tree[register];

    public TreeWorld With(TreeState tree) => this with { Tree = tree };

    /// <summary>The same world with its nodes numbered in the order in which they are named, and without those that nobody can come to any more.</summary>
    public TreeWorld ToCanonical()
    {
        Span<int> numbers = stackalloc int[Inners + 1];
        numbers.Clear();
        var (leaves, inners) = (0, Leaves);
        foreach (var name in Names)
        {
            Number(Tree[name], numbers, ref leaves, ref inners);
        }

        Number(Reader.Inner, numbers, ref leaves, ref inners);
        Number(Reader.Leaf, numbers, ref leaves, ref inners);
        return new TreeWorld(Renumber(numbers), Reader with { Inner = (byte)numbers[Reader.Inner], Leaf = (byte)numbers[Reader.Leaf] });
    }

    private void Number(int node, Span<int> numbers, ref int leaves, ref int inners)
    {
        if (node == 0 || numbers[node] != 0)
        {
            return;
        }

        if (Tree.IsLeaf(node))
        {
            numbers[node] = ++leaves;
            return;
        }

        numbers[node] = ++inners;
        Number(Tree.SlotOf(node, 0), numbers, ref leaves, ref inners);
        Number(Tree.SlotOf(node, 1), numbers, ref leaves, ref inners);
    }

    private TreeState Renumber(ReadOnlySpan<int> numbers)
    {
        var tree = new TreeState { Registers = Tree.Registers };
        foreach (var name in Names)
        {
            tree = tree.Set(name, numbers[Tree[name]]);
        }

        for (var node = 1; node <= RecordBase + 4; node++)
        {
            var number = node > Inners ? node : numbers[node];
            if (number == 0)
            {
                continue;
            }

            tree = tree with
            {
                Life = tree.Life.With(number, Tree.Life[node]),
                Holders = tree.Holders.With(number, Tree.Holders[node]),
                Count = tree.Count.With(number, Tree.Count[node]),
                Lock = tree.Lock.With(number, Tree.Lock[node]),
            };
            for (var i = 0; i < 3; i++)
            {
                var content = Tree.SlotOf(node, i);
                tree = tree.Store(number, i, number is > Leaves and <= Inners ? numbers[content] : content);
            }
        }

        return tree;
    }
}
