namespace MvStore.Buffering;

/// <summary>
/// Children and, between each two, a separator: above every key to its left, not above any to its right. A separator is the whole key of
/// a record that stood there at some time; it may outlive that record, which costs one key per node at most.
/// </summary>
internal sealed class InnerNode : IndexNode
{
    private readonly byte[][] _separators;
    private readonly IndexNode[] _children;

    public InnerNode(NodeReplacement pair)
        : this([SearchKey.HeadOf(pair.Separator)], [pair.Separator!], [pair.Left, pair.Right!])
    {
    }

    private InnerNode(ulong[] heads, byte[][] separators, IndexNode[] children)
        : base(heads)
    {
        _separators = separators;
        _children = children;
    }

    public override int Weight => _children.Length;

    public IndexNode this[int position] => _children[position];

    public override byte[] KeyAt(int position) => _separators[position];

    public override byte[] KeyOfCut(int position) => _separators[position - 1];

    /// <summary>The child that holds a key if any does.</summary>
    public IndexNode ChildFor(SearchKey key) => _children[Rank(key, orEqual: true)];

    /// <summary>A node in which one child, or two neighbours with the separator between them, gave way to others.</summary>
    public InnerNode WithReplaced(int position, int count, NodeReplacement replacement)
    {
        if (replacement.Right is null)
        {
            var children = CopyOnWrite.Splice(_children, position, count, [replacement.Left]);
            return count == 1
                ? new InnerNode(Heads, _separators, children)
                : new InnerNode(
                    CopyOnWrite.Splice(Heads, position, count - 1, []),
                    CopyOnWrite.Splice(_separators, position, count - 1, []),
                    children);
        }

        var separator = replacement.Separator!;
        return new InnerNode(
            CopyOnWrite.Splice(Heads, position, count - 1, [SearchKey.HeadOf(separator)]),
            CopyOnWrite.Splice(_separators, position, count - 1, [separator]),
            CopyOnWrite.Splice(_children, position, count, [replacement.Left, replacement.Right]));
    }

    public override IndexNode Slice(int start, int end)
        => new InnerNode(Heads[start..(end - 1)], _separators[start..(end - 1)], _children[start..end]);

    public override IndexNode Join(byte[] separator, IndexNode right)
    {
        var other = (InnerNode)right;
        return new InnerNode(
            [.. Heads, SearchKey.HeadOf(separator), .. other.Heads],
            [.. _separators, separator, .. other._separators],
            CopyOnWrite.Concat(_children, other._children));
    }
}
