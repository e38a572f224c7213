namespace MvStore.Buffering;

/// <summary>
/// Walks the records of a range in one direction over one root of an <see cref="OrderedIndex{TRecord}"/>: the keys it shows are those of the
/// moment it was made. It keeps no path. Going down to a leaf it notes the fence, the separator nearest to the leaf on the side it
/// is heading for, and when the leaf is spent it goes down again from the root, towards that fence: one descent for each leaf,
/// nothing allocated after the cursor itself. While it is reachable and not at its end, so is every record of its moment. For one
/// thread at a time.
/// </summary>
internal sealed class IndexCursor<TRecord>
    where TRecord : class, IKeyed
{
    private readonly KeyRange _range;
    private readonly bool _forward;

    private IndexNode? _root; // Null once no further leaf can hold a record of the range.
    private byte[]? _fence; // Where the next descent goes. Null before the first.
    private LeafNode<TRecord> _leaf = LeafNode<TRecord>.Empty;
    private int _position; // Of the current record in the leaf.
    private int _remaining; // Records of the range in the leaf behind the current one.
    private TRecord? _current;

    public IndexCursor(IndexNode root, KeyRange range, ScanDirection direction)
    {
        _root = range.IsEmpty ? null : root;
        _range = range;
        _forward = direction == ScanDirection.Forward;
    }

    /// <summary>The record the cursor stands on.</summary>
    public TRecord Current => _current ?? throw new InvalidOperationException("The cursor stands on no record.");

    /// <summary>Goes to the next record of the range.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        while (_remaining == 0)
        {
            if (_root is null)
            {
                _leaf = LeafNode<TRecord>.Empty;
                _current = null;
                return false;
            }

            if (_forward)
            {
                OpenNextLeaf(_root);
            }
            else
            {
                OpenPreviousLeaf(_root);
            }
        }

        _remaining--;
        _position += _forward ? 1 : -1;
        _current = _leaf[_position];
        return true;
    }

    private void OpenNextLeaf(IndexNode node)
    {
        var towards = _fence ?? _range.Start ?? ReadOnlyMemory<byte>.Empty; // No key is below the empty one.
        var key = new SearchKey(towards.Span);
        _fence = null;
        while (node is InnerNode inner)
        {
            var child = inner.Rank(key, orEqual: true);
            _fence = child < inner.KeyCount ? inner.KeyAt(child) : _fence; // The deeper the closer.
            node = inner[child];
        }

        var (low, high) = OpenLeaf((LeafNode<TRecord>)node);
        _position = low - 1;
        EndUnless(_fence is not null && high == _leaf.Weight);
    }

    private void OpenPreviousLeaf(IndexNode node)
    {
        // The records wanted are below a fence, and at or below an inclusive end. With neither, every child is passed by.
        var towards = _fence ?? _range.End;
        var orEqual = _fence is null && _range.EndInclusive;
        var key = new SearchKey(towards.GetValueOrDefault().Span);
        _fence = null;
        while (node is InnerNode inner)
        {
            var child = towards is null ? inner.KeyCount : inner.Rank(key, orEqual);
            _fence = child > 0 ? inner.KeyAt(child - 1) : _fence; // The deeper the closer.
            node = inner[child];
        }

        var (low, high) = OpenLeaf((LeafNode<TRecord>)node);
        _position = high;
        EndUnless(_fence is not null && low == 0);
    }

    /// <summary>Makes a leaf the current one.</summary>
    /// <returns>The positions in it that are in the range, the second not included.</returns>
    private (int Low, int High) OpenLeaf(LeafNode<TRecord> leaf)
    {
        _leaf = leaf;
        var low = _range.Start is { } start ? leaf.Rank(new SearchKey(start.Span), orEqual: !_range.StartInclusive) : 0;
        var high = _range.End is { } end ? leaf.Rank(new SearchKey(end.Span), orEqual: _range.EndInclusive) : leaf.Weight;
        _remaining = Math.Max(high - low, 0);
        return (low, high);
    }

    private void EndUnless(bool moreLeaves)
    {
        if (!moreLeaves)
        {
            _root = null;
        }
    }
}
