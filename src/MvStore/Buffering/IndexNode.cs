namespace MvStore.Buffering;

/// <summary>
/// A node of <see cref="OrderedIndex{TRecord}"/>. Immutable: it and its arrays are filled before a root that reaches them is published
/// and never change afterwards, so that reading them needs no ordering of its own.
/// </summary>
internal abstract class IndexNode(ulong[] heads)
{
    /// <summary>Head of each key of this node, ascending. See <see cref="SearchKey"/>.</summary>
    protected ulong[] Heads { get; } = heads;

    /// <summary>What the fan-out bounds count: the records of a leaf, the children of an inner node.</summary>
    public abstract int Weight { get; }

    /// <summary>The number of keys: records of a leaf, separators of an inner node.</summary>
    public int KeyCount => Heads.Length;

    /// <summary>The key at a position.</summary>
    public abstract byte[] KeyAt(int position);

    /// <summary>The lowest key that may stand in the right half when the node is cut before a position.</summary>
    public abstract byte[] KeyOfCut(int position);

    /// <summary>A node with the items from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    public abstract IndexNode Slice(int start, int end);

    /// <summary>A node with the items of this node and of its right neighbour, which has the same kind.</summary>
    public abstract IndexNode Join(byte[] separator, IndexNode right);

    /// <summary>How many keys of this node are below a key, or at or below it.</summary>
    public int Rank(SearchKey key, bool orEqual)
    {
        var heads = Heads;
        var low = 0;
        var high = heads.Length;
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            var head = heads[middle];
            if (head == key.Head ? IsBelow(middle, key.Bytes, orEqual) : head < key.Head)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Whether the head stored for a position is that of its key.</summary>
    public bool HasRightHead(int position) => Heads[position] == SearchKey.HeadOf(KeyAt(position));

    /// <summary>This node if it is within the limit, else its two halves.</summary>
    public NodeReplacement Fit(int maxWeight)
    {
        if (Weight <= maxWeight)
        {
            return new NodeReplacement(this);
        }

        var cut = Weight / 2;
        return new NodeReplacement(Slice(0, cut), KeyOfCut(cut), Slice(cut, Weight));
    }

    private bool IsBelow(int position, ReadOnlySpan<byte> key, bool orEqual)
    {
        var order = KeyAt(position).AsSpan().SequenceCompareTo(key);
        return order < 0 || (order == 0 && orEqual);
    }
}
