namespace MvStore.Buffering;

/// <summary>What takes the place of a changed node: one node, or two and the separator between them.</summary>
internal readonly struct NodeReplacement
{
    public NodeReplacement(IndexNode only) => Left = only;

    public NodeReplacement(IndexNode left, byte[] separator, IndexNode right)
    {
        Left = left;
        Separator = separator;
        Right = right;
    }

    /// <summary>The only node, or the left of two.</summary>
    public IndexNode Left { get; }

    /// <summary>Above every key of <see cref="Left"/>, not above any of <see cref="Right"/>. Null when there is one node.</summary>
    public byte[]? Separator { get; }

    /// <summary>The right of two nodes, or null.</summary>
    public IndexNode? Right { get; }
}
