using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// Walks the records of a range. Belongs to one caller. Used inside one epoch, or, with <see cref="Suspend"/> before each epoch is left, inside several.
/// <para>
/// It returns, in strict order of the keys and each key once, every record that is in the tree from the first read to the end; of what is added or
/// taken out meanwhile it may return some. The argument is that of <see cref="RecordTree"/>: the path that is remembered is one on which a reader
/// may stand however stale it is. A leaf is read once, into a list of the cursor's own; the next is found through the parent that the path went
/// through, which leads to what it led to when it was replaced. A leaf that has since been split or joined is met as it was, frozen, with all that was in it.
/// A suspended cursor goes down from the root again, to where the last key was, which is one more reader that begins later.
/// </para>
/// While the records of one leaf are handed out the next leaf is fetched, and the first lines of each record before the caller asks for it.
/// </summary>
internal sealed unsafe class RecordCursor
{
    /// <summary>The most records a read returns.</summary>
    public const int MostRecords = RecordLeaf.Slots;

    private readonly RecordTree _tree;
    private readonly KeyRange _range;
    private readonly bool _forward;

    private TreePath _path; // Leads to the next leaf.
    private RecordLeaf* _nextLeaf; // Null when there is none.
    private Records _records; // Of one leaf, in the order of their keys.
    private int _position; // Of the next one to hand out: the first or, in reverse, behind the last one of those left.
    private int _left; // How many are left to hand out.
    private nint _last; // The last record handed out in this epoch.
    private bool _isPlaced; // Whether path, leaf and list are those of this epoch.
    private bool _isAtFirstLeaf; // Whether the next leaf is the one it went down to.
    private bool _isEnded; // For good.
    private byte[]? _resumeKey; // The last key handed out before the cursor was suspended; longer than the key.
    private int _resumeLength; // Its length; -1 when none was handed out.

    /// <summary>A cursor that has not gone to its place yet.</summary>
    public RecordCursor(RecordTree tree, KeyRange range, ScanDirection direction)
    {
        _tree = tree;
        _range = range;
        _forward = direction == ScanDirection.Forward;
        _resumeLength = -1;
        _isEnded = range.IsEmpty;
    }

    /// <summary>The next records, at most <see cref="MostRecords"/> and at most the length of the target.</summary>
    /// <param name="into">Where they go; not empty.</param>
    /// <returns>How many; 0 at the end only.</returns>
    public int Read(Span<nint> into)
    {
        if (!_isPlaced && !_isEnded)
        {
            Place();
        }

        while (_left == 0)
        {
            if (_nextLeaf == null)
            {
                _isEnded = true;
                return 0;
            }

            LoadNextLeaf();
        }

        var count = Math.Min(into.Length, _left);
        _left -= count;
        if (_forward)
        {
            ((ReadOnlySpan<nint>)_records).Slice(_position, count).CopyTo(into);
            _position += count;
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                into[i] = _records[--_position];
            }
        }

        _last = into[count - 1];
        return count;
    }

    /// <summary>To be called before the epoch is left: the cursor then keeps its place by key, and finds it again at the next read.</summary>
    public void Suspend()
    {
        if (_last != 0)
        {
            var key = NativeRecord.KeyOf((NativeRecord*)_last);
            if (_resumeKey is null || _resumeKey.Length < key.Length)
            {
                _resumeKey = new byte[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)key.Length))];
            }

            key.CopyTo(_resumeKey);
            _resumeLength = key.Length;
            _last = 0;
        }

        _left = 0;
        _nextLeaf = null;
        _isPlaced = false;
    }

    /// <summary>Goes down from the root to the leaf where the first record left is, or would be.</summary>
    private void Place()
    {
        var hasBound = TryGetNearBound(out var bound, out _);
        _nextLeaf = hasBound || _forward ? _path.Seek(_tree.Root, bound) : _path.SeekLast(_tree.Root);
        RecordLeaf.FetchAll(_nextLeaf);
        _isAtFirstLeaf = true;
        _isPlaced = true;
    }

    [SkipLocalsInit]
    private void LoadNextLeaf()
    {
        var leaf = _nextLeaf;
        var heads = stackalloc long[RecordLeaf.Slots];
        fixed (nint* records = (Span<nint>)_records)
        {
            var count = LeafOrder.Copy(leaf, heads, records, out _);
            var (low, high) = (0, count);
            if (_isAtFirstLeaf && TryGetNearBound(out var near, out var isNearIncluded))
            {
                var passed = CountUpTo(leaf, heads, records, count, near, isNearIncluded != _forward);
                (low, high) = _forward ? (passed, count) : (0, passed);
            }

            var isLast = false;
            if (TryGetFarBound(out var far, out var isFarIncluded))
            {
                var upTo = CountUpTo(leaf, heads, records, count, far, isFarIncluded == _forward);
                isLast = _forward ? upTo < count : upTo > 0;
                (low, high) = _forward ? (low, Math.Min(high, upTo)) : (Math.Max(low, upTo), high);
            }

            _isAtFirstLeaf = false;
            _nextLeaf = isLast ? null : _path.MoveNext(_forward);
            RecordLeaf.FetchAll(_nextLeaf);
            _left = Math.Max(0, high - low);
            _position = _forward ? low : high;
            for (var i = low; i < high; i++)
            {
                // With the entry that the record was born with: most have no other.
                CacheLine.Prefetch((byte*)records[i]);
                CacheLine.Prefetch((byte*)records[i] + CacheLine.Size);
                CacheLine.Prefetch((byte*)records[i] + (2 * CacheLine.Size));
            }
        }
    }

    /// <summary>The bound it comes from: where it was suspended, or where its range begins in its direction.</summary>
    private bool TryGetNearBound(out ReadOnlySpan<byte> bound, out bool isIncluded)
    {
        if (_resumeLength < 0)
        {
            return TryGetBound(_forward, out bound, out isIncluded);
        }

        bound = _resumeKey.AsSpan(0, _resumeLength);
        isIncluded = false;
        return true;
    }

    /// <summary>The bound it heads for.</summary>
    private bool TryGetFarBound(out ReadOnlySpan<byte> bound, out bool isIncluded) => TryGetBound(!_forward, out bound, out isIncluded);

    private bool TryGetBound(bool isStart, out ReadOnlySpan<byte> bound, out bool isIncluded)
    {
        var bytes = isStart ? _range.Start : _range.End;
        bound = bytes.GetValueOrDefault().Span;
        isIncluded = isStart ? _range.StartInclusive : _range.EndInclusive;
        return bytes.HasValue;
    }

    /// <summary>How many records of a list are below a key, or at it.</summary>
    private static int CountUpTo(RecordLeaf* leaf, long* heads, nint* records, int count, ReadOnlySpan<byte> key, bool orEqual)
    {
        var order = RecordLeaf.ComparePrefix(leaf, key);
        if (order != 0)
        {
            return order < 0 ? 0 : count;
        }

        var head = KeyHead.Of(key, leaf->PrefixLength);
        var index = KeyHead.CountBelow(heads, count, head);
        for (; index < count && heads[index] == head; index++)
        {
            order = NativeRecord.KeyOf((NativeRecord*)records[index]).SequenceCompareTo(key);
            if (order > 0 || (order == 0 && !orEqual))
            {
                break;
            }
        }

        return index;
    }

    [InlineArray(RecordLeaf.Slots)]
    private struct Records
    {
        private nint _first;
    }
}
