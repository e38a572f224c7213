using System.Runtime.CompilerServices;

namespace MvStore.Buffering;

/// <summary>
/// The way from the root of a <see cref="RecordTree"/> to a leaf, from which the next leaf in either direction is reached without going down
/// from the root again. The nodes on it may be stale: the ranges it leads through still follow each other without gap and without overlap.
/// </summary>
internal unsafe struct TreePath
{
    private Nodes _nodes; // By level.
    private Indexes _indexes; // The child that the way goes through, by level.
    private int _top; // The root's level.

    /// <summary>Goes down from a root to the leaf of a key.</summary>
    public RecordLeaf* Seek(nint root, ReadOnlySpan<byte> key)
    {
        var node = root;
        _top = RecordInner.LevelOf(root);
        for (var level = _top; level > 0; level--)
        {
            node = Choose(level, node, RecordInner.Route((RecordInner*)node, key));
        }

        return (RecordLeaf*)node;
    }

    /// <summary>Goes down from a root to the last leaf.</summary>
    public RecordLeaf* SeekLast(nint root)
    {
        _top = RecordInner.LevelOf(root);
        return Descend(root, _top, forward: false);
    }

    /// <summary>Goes on to the leaf beside the one it leads to.</summary>
    /// <returns>The leaf, or null when there is none.</returns>
    public RecordLeaf* MoveNext(bool forward)
    {
        for (var level = 1; level <= _top; level++)
        {
            var node = (RecordInner*)_nodes[level];
            var index = _indexes[level] + (forward ? 1 : -1);
            if ((uint)index < (uint)node->Count)
            {
                return Descend(Choose(level, (nint)node, index), level - 1, forward);
            }
        }

        return null;
    }

    private RecordLeaf* Descend(nint node, int level, bool forward)
    {
        for (; level > 0; level--)
        {
            node = Choose(level, node, forward ? 0 : ((RecordInner*)node)->Count - 1);
        }

        return (RecordLeaf*)node;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint Choose(int level, nint node, int index)
    {
        _nodes[level] = node;
        _indexes[level] = index;
        return RecordInner.ChildAt((RecordInner*)node, index);
    }

    [InlineArray(TreeChange.MostLevels + 1)]
    private struct Nodes
    {
        private nint _first;
    }

    [InlineArray(TreeChange.MostLevels + 1)]
    private struct Indexes
    {
        private int _first;
    }
}
