namespace MvStore.Tests.Protocols;

/// <summary>
/// A record tree of the keys A, B and C: one leaf, or an inner node whose left leaf has A and whose right leaf has B and C. Leaves are the nodes 1 to 5, inner
/// nodes 6 to 8; the records are A = 1, B = 2 or 3, C = 4, and stand at 11 to 14 where lives and holders are kept. A retired node or record is free
/// for use anew as soon as everybody who was inside an epoch then has left it.
/// </summary>
internal readonly record struct TreeState(
    Slots First,
    Slots Second,
    Slots Third,
    Slots Count,
    Slots Lock,
    Slots Life,
    Slots Holders,
    Slots Registers)
{
    public const int Leaves = 5;
    public const int Inners = 8;
    public const int Frozen = 3;
    public const int Live = 1;
    public const int Marked = 2;
    public const int Retired = 3;
    public const int RecordBase = 10;

    public static TreeState Initial => new TreeState
    {
        Life = default(Slots).With(11, Live).With(14, Live),
    }.Make(1, [1, 4]).Set(Register.Root, 1);

    public enum Register
    {
        Root,
        StructureLock,
        Inside, // Who is inside an epoch: 1 the reader, 2 the committer.
        Published, // The record of B that is published.
        Committer, // Its phase.
        CommitterNode,
        CommitterNew,
        Candidate,
        Structure, // The phase of who changes the structure.
        OldLeft,
        OldRight,
        NewLeft,
        NewRight,
        NewRoot, // What the root becomes; 0 when a slot is swung.
        Victim, // The record that is taken out.
        CommitterPlace, // The inner node whose slot it swings; 0 for the root.
    }

    public int this[Register register] => Registers[(int)register];

    public TreeState Set(Register register, int value) => this with { Registers = Registers.With((int)register, value) };

    public bool IsLeaf(int node) => node is > 0 and <= Leaves;

    public int SlotOf(int node, int index) => (index switch { 0 => First, 1 => Second, _ => Third })[node];

    public TreeState Store(int node, int index, int value) => index switch
    {
        0 => this with { First = First.With(node, value) },
        1 => this with { Second = Second.With(node, value) },
        _ => this with { Third = Third.With(node, value) },
    };

    /// <summary>The lowest leaf that is free for use, beside one; 0 when there is none.</summary>
    public int FreeLeaf(int except = 0) => FreeNode(1, Leaves, except);

    /// <summary>The lowest inner node that is free for use; 0 when there is none.</summary>
    public int FreeInner() => FreeNode(Leaves + 1, Inners, except: 0);

    public int FreeRecord() => Life[RecordBase + 2] == 0 ? 2 : Life[RecordBase + 3] == 0 ? 3 : 0;

    public int RecordWithLife(int life) => Life[RecordBase + 2] == life ? 2 : Life[RecordBase + 3] == life ? 3 : 0;

    public TreeState Make(int node, ReadOnlySpan<int> content)
    {
        var made = this with { Life = Life.With(node, Live), Count = Count.With(node, content.Length), Lock = Lock.With(node, 0) };
        for (var i = 0; i < 3; i++)
        {
            made = made.Store(node, i, i < content.Length ? content[i] : 0);
        }

        return made;
    }

    public int[] ContentOf(int leaf)
    {
        var content = new int[Count[leaf]];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = SlotOf(leaf, i);
        }

        return content;
    }

    /// <summary>Takes a node or record for retired: free at once when nobody is inside an epoch.</summary>
    public TreeState Retire(int item)
    {
        var inside = this[Register.Inside];
        var retired = this with { Life = Life.With(item, Retired), Holders = Holders.With(item, inside) };
        return inside == 0 ? retired.Free(item) : retired;
    }

    public TreeState Enter(int who) => Set(Register.Inside, this[Register.Inside] | who);

    public TreeState Leave(int who)
    {
        var left = Set(Register.Inside, this[Register.Inside] & ~who);
        for (var item = 1; item <= RecordBase + 4; item++)
        {
            if (left.Life[item] == Retired)
            {
                left = left with { Holders = left.Holders.With(item, left.Holders[item] & ~who) };
                left = left.Holders[item] == 0 ? left.Free(item) : left;
            }
        }

        return left;
    }

    /// <summary>The leaf that has the range of B, and of A, now.</summary>
    public int LeafNow(bool ofA) => IsLeaf(this[Register.Root]) ? this[Register.Root] : SlotOf(this[Register.Root], ofA ? 0 : 1);

    public bool Holds(int leaf, int record) => Array.IndexOf(ContentOf(leaf), record) >= 0;

    public static int KeyOf(int record) => record <= 1 ? record : record == 4 ? 3 : 2;

    private int FreeNode(int first, int last, int except)
    {
        for (var node = first; node <= last; node++)
        {
            if (Life[node] == 0 && node != except)
            {
                return node;
            }
        }

        return 0;
    }

    private TreeState Free(int item)
    {
        var freed = item < RecordBase ? Make(item, []) : this;
        return freed with { Life = freed.Life.With(item, 0), Holders = freed.Holders.With(item, 0) };
    }
}
