using static MvStore.Tests.Protocols.Proof;
using static MvStore.Tests.Protocols.TreeState;

namespace MvStore.Tests.Protocols;

/// <summary>A cursor that walks the whole tree, in the steps in which it loads.</summary>
internal readonly record struct TreeReader(
    byte Phase,
    bool IsReverse,
    byte Inner,
    byte Child,
    byte Leaf,
    byte Count,
    byte Seen,
    byte Last,
    bool IsSteady,
    bool IsPlaced,
    byte Broken)
{
    public const int Idle = 0;
    public const int AtRoot = 1;
    public const int AtSlot = 2;
    public const int AtCount = 3;
    public const int AtRecords = 4;
    public const int Between = 5;
    public const int Suspended = 6;
    public const int Done = 7;

    /// <summary>Whether the leaf just read is the last one of the path.</summary>
    public bool IsAtLastLeaf => Inner == 0 || Child == (IsReverse ? 0 : 1);

    public static TreeReader Begin(bool isReverse, bool isSteady) => new() { Phase = AtRoot, IsReverse = isReverse, IsSteady = isSteady, IsPlaced = true };

    /// <summary>Loads the root, and chooses the child where the first key left is.</summary>
    public TreeReader Root(TreeState tree)
    {
        var root = tree[Register.Root];
        if (tree.IsLeaf(root))
        {
            return this with { Phase = AtCount, Inner = 0, Leaf = (byte)root };
        }

        var child = IsReverse ? (Last == 1 ? 0 : 1) : (Last is 0 or 1 ? 0 : 1);
        return this with { Phase = AtSlot, Inner = (byte)root, Child = (byte)child };
    }

    public TreeReader Slot(TreeState tree) => this with { Phase = AtCount, Leaf = (byte)tree.SlotOf(Inner, Child) };

    public TreeReader LoadCount(TreeState tree) => this with { Phase = AtRecords, Count = (byte)tree.Count[Leaf] };

    /// <summary>Says that a node is read.</summary>
    public TreeReader Touch(TreeState tree, int node) => tree.Life[node] == 0 ? this with { Broken = (byte)(Broken | 1) } : this;

    /// <summary>Loads the records that the count said are there, and shows, in order, what is beyond the last key shown.</summary>
    public TreeReader LoadRecords(TreeState tree)
    {
        var found = (byte)0;
        var broken = (int)Broken;
        for (var i = 0; i < Count; i++)
        {
            var record = tree.SlotOf(Leaf, i);
            broken |= record == 0 ? 2 : tree.Life[RecordBase + record] == 0 ? 1 : 0;
            found = record == 0 ? found : With(found, KeyOf(record));
        }

        var loaded = this;
        for (var i = 1; i <= 3; i++)
        {
            var key = IsReverse ? 4 - i : i;
            if (Has(found, key))
            {
                var isBeyond = loaded.Last == 0 || (IsReverse ? key < loaded.Last : key > loaded.Last);
                if (isBeyond)
                {
                    loaded = loaded with { Seen = With(loaded.Seen, key), Last = (byte)key };
                }
                else if (!IsPlaced)
                {
                    broken |= 4; // Only the first leaf after going down is cut to what is left.
                }
            }
        }

        return loaded with { Phase = Between, IsPlaced = false, Count = 0, Leaf = 0, Broken = (byte)broken };
    }

    public TreeReader Next() => IsAtLastLeaf
        ? this with { Phase = Done, Leaf = 0, Inner = 0, Child = 0 }
        : this with { Phase = AtSlot, Leaf = 0, Child = (byte)(IsReverse ? 0 : 1) };

    /// <summary>What would be wrong: the next leaf is looked for under the root of today.</summary>
    public TreeReader NextFrom(TreeState tree) => tree.IsLeaf(tree[Register.Root])
        ? this with { Phase = AtCount, Inner = 0, Leaf = (byte)tree[Register.Root] }
        : Next() with { Inner = (byte)tree[Register.Root] };

    public TreeReader Suspend() => this with { Phase = Suspended, Leaf = 0, Inner = 0, Child = 0 };

    public TreeReader Resume() => this with { Phase = AtRoot, IsPlaced = true };
}
