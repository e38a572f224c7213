using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// One change of the structure of a <see cref="RecordTree"/>: nodes that take the place of others in one inner node, and what follows from that
/// further up. New inner nodes are made apart, from the bottom up, as far as the number of children changes; one store into the lowest slot that
/// can stay publishes all of them. Whatever fails before that store leaves the tree as it was. Owner: whoever holds the tree's structure lock.
/// </summary>
internal sealed unsafe class TreeChange(int capacity)
{
    /// <summary>The most levels of inner nodes: far more than memory has room for, with nodes a quarter full.</summary>
    public const int MostLevels = 16;

    private readonly int _minimum = Math.Max(2, capacity / 4);
    private readonly nint[] _path = new nint[MostLevels + 1]; // The inner nodes towards a key, by level.
    private readonly int[] _indexes = new int[MostLevels + 1]; // The child the path goes through, by level.
    private readonly nint[] _made = new nint[2 * MostLevels]; // New inner nodes of this change.
    private readonly nint[] _replaced = new nint[2 * MostLevels]; // Those that it replaces.
    private readonly nint[] _children = new nint[(2 * capacity) + 1]; // Of the node that is being made.
    private readonly Separator[] _separators = new Separator[(2 * capacity) + 1]; // Between them.

    private int _top; // The root's level.
    private int _madeCount;
    private int _replacedCount;
    private int _childCount;
    private int _separatorCount;
    private nint* _slot; // Where the publishing store goes; null for the root.
    private nint _value; // What is stored there.

    /// <summary>Bytes of all inner nodes of the tree.</summary>
    public long InnerBytes { get; private set; }

    /// <summary>Goes down to a key and remembers the way.</summary>
    /// <returns>The leaf.</returns>
    public RecordLeaf* Seek(nint root, ReadOnlySpan<byte> key)
    {
        var node = root;
        _top = RecordInner.LevelOf(root);
        for (var level = _top; level > 0; level--)
        {
            var inner = (RecordInner*)node;
            var index = RecordInner.Route(inner, key);
            _path[level] = node;
            _indexes[level] = index;
            node = RecordInner.ChildAt(inner, index);
        }

        return (RecordLeaf*)node;
    }

    /// <summary>A leaf beside the one the way leads to, under the same parent; null when the leaf is the root.</summary>
    /// <param name="isLeft">Whether it is the one before it.</param>
    public RecordLeaf* Neighbour(out bool isLeft)
    {
        isLeft = _top > 0 && _indexes[1] > 0;
        return _top > 0 ? (RecordLeaf*)NeighbourOf(1, isLeft) : null;
    }

    /// <summary>Makes what is needed to put one leaf or two in the place of the one the way leads to, or of that and its neighbour.</summary>
    /// <param name="lease">Where memory comes from.</param>
    /// <param name="removed">How many leaves are replaced: 1 or 2.</param>
    /// <param name="neighbourIsLeft">Whether the second is the one before the first.</param>
    /// <param name="left">The first new leaf.</param>
    /// <param name="right">The second, or null.</param>
    /// <exception cref="OutOfMemoryException">There is no memory; nothing is left of the attempt.</exception>
    public void Prepare(in HeapLease lease, int removed, bool neighbourIsLeft, RecordLeaf* left, RecordLeaf* right)
    {
        var isPrepared = false;
        try
        {
            PrepareFrom(lease, removed, neighbourIsLeft ? -1 : 0, left, right);
            isPrepared = true;
        }
        finally
        {
            if (!isPrepared)
            {
                Abandon(lease);
            }
        }
    }

    /// <summary>Publishes what was prepared: by one store, after which every way down from the root leads to what is new.</summary>
    public void Publish(ref nint root)
    {
        if (_slot == null)
        {
            Volatile.Write(ref root, _value);
        }
        else
        {
            Volatile.Write(ref *_slot, _value);
        }
    }

    /// <summary>Retires the inner nodes that were replaced. After <see cref="Publish"/>.</summary>
    public void Retire(in HeapLease lease)
    {
        for (var i = 0; i < _madeCount; i++)
        {
            InnerBytes += ((RecordInner*)_made[i])->Size;
        }

        for (var i = 0; i < _replacedCount; i++)
        {
            var node = (RecordInner*)_replaced[i];
            InnerBytes -= node->Size;
            lease.Retire(node, (nuint)node->Size);
        }
    }

    private nint NeighbourOf(int level, bool isLeft) => RecordInner.ChildAt((RecordInner*)_path[level], _indexes[level] + (isLeft ? -1 : 1));

    private void PrepareFrom(in HeapLease lease, int removed, int shift, RecordLeaf* leftLeaf, RecordLeaf* rightLeaf)
    {
        _madeCount = 0;
        _replacedCount = 0;
        _slot = null;
        var (left, right) = ((nint)leftLeaf, (nint)rightLeaf);
        var separator = right == 0 ? default : Separator.Between(RecordLeaf.RecordAt(leftLeaf, leftLeaf->Count - 1), RecordLeaf.RecordAt(rightLeaf, 0));
        for (var level = 1; ; level++)
        {
            if (level > _top)
            {
                _value = right == 0 ? left : MakeRoot(lease, level, left, right, separator);
                return;
            }

            var node = (RecordInner*)_path[level];
            var first = _indexes[level] + shift;
            if (removed == 1 && right == 0)
            {
                _slot = RecordInner.SlotAt(node, first);
                _value = left;
                return;
            }

            _childCount = 0;
            _separatorCount = 0;
            var isTooFew = node->Count - removed + (right == 0 ? 1 : 2) < _minimum && level < _top;
            var neighbourIsLeft = isTooFew && _indexes[level + 1] > 0;
            if (neighbourIsLeft)
            {
                AddNeighbour(level, neighbourIsLeft);
            }

            AddChanged(node, first, removed, left, right, separator);
            if (isTooFew && !neighbourIsLeft)
            {
                AddNeighbour(level, neighbourIsLeft);
            }

            _replaced[_replacedCount++] = (nint)node;
            if (_childCount == 1)
            {
                _value = _children[0]; // Only a root may be left with one child, which becomes the root.
                return;
            }

            var cut = FindCut(isTooFew, isAtTheEnd: right != 0 && _children[_childCount - 1] == right);
            left = Make(lease, level, 0, cut);
            right = cut == _childCount ? 0 : Make(lease, level, cut, _childCount);
            separator = right == 0 ? default : _separators[cut - 1];
            shift = neighbourIsLeft ? -1 : 0;
            removed = isTooFew ? 2 : 1;
        }
    }

    private void Abandon(in HeapLease lease)
    {
        for (var i = 0; i < _madeCount; i++)
        {
            var node = (RecordInner*)_made[i];
            lease.Free(node, (nuint)node->Size);
        }
    }

    /// <summary>How many of the children go into the first node that is made of them.</summary>
    private int FindCut(bool areOfTwoNodes, bool isAtTheEnd)
    {
        if (_childCount <= (areOfTwoNodes ? capacity * 3 / 4 : capacity))
        {
            return _childCount;
        }

        return isAtTheEnd && !areOfTwoNodes ? _childCount * 3 / 4 : _childCount / 2; // Keys that come in order come at the end.
    }

    private void AddChanged(RecordInner* node, int first, int removed, nint left, nint right, in Separator separator)
    {
        for (var i = 0; i < first; i++)
        {
            _children[_childCount++] = RecordInner.ChildAt(node, i);
            _separators[_separatorCount++] = RecordInner.SeparatorAt(node, i);
        }

        _children[_childCount++] = left;
        if (right != 0)
        {
            _separators[_separatorCount++] = separator;
            _children[_childCount++] = right;
        }

        for (var i = first + removed; i < node->Count; i++)
        {
            _separators[_separatorCount++] = RecordInner.SeparatorAt(node, i - 1);
            _children[_childCount++] = RecordInner.ChildAt(node, i);
        }
    }

    private void AddNeighbour(int level, bool isLeft)
    {
        var between = RecordInner.SeparatorAt((RecordInner*)_path[level + 1], _indexes[level + 1] - (isLeft ? 1 : 0));
        var neighbour = (RecordInner*)NeighbourOf(level + 1, isLeft);
        if (!isLeft)
        {
            _separators[_separatorCount++] = between;
        }

        for (var i = 0; i < neighbour->Count; i++)
        {
            _children[_childCount++] = RecordInner.ChildAt(neighbour, i);
            if (i + 1 < neighbour->Count)
            {
                _separators[_separatorCount++] = RecordInner.SeparatorAt(neighbour, i);
            }
        }

        if (isLeft)
        {
            _separators[_separatorCount++] = between;
        }

        _replaced[_replacedCount++] = (nint)neighbour;
    }

    private nint MakeRoot(in HeapLease lease, int level, nint left, nint right, in Separator separator)
    {
        if (level > MostLevels)
        {
            throw new InvalidOperationException("The tree has more levels than it can have records for.");
        }

        (_children[0], _children[1], _separators[0]) = (left, right, separator);
        return Make(lease, level, 0, 2);
    }

    private nint Make(in HeapLease lease, int level, int start, int end)
    {
        var separators = _separators.AsSpan(start, end - start - 1);
        var size = RecordInner.SizeOf(separators);
        var node = (RecordInner*)lease.Allocate((nuint)size);
        RecordInner.Fill(node, size, level, _children.AsSpan(start, end - start), separators);
        _made[_madeCount++] = (nint)node;
        return (nint)node;
    }
}
