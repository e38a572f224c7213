using System.Numerics;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// Records in the order of their keys, with their heads, in memory of the caller's: what a leaf is copied to, changed in, and made from. While it holds
/// what a leaf holds it knows where that leaf's tail went, because that says where the next records will go.
/// </summary>
internal unsafe struct RecordRun(long* heads, nint* records)
{
    /// <summary>Room a run needs: two leaves are the most that are ever put together.</summary>
    public const int MostRecords = 2 * RecordLeaf.Slots;

    // How much shorter a prefix is made than its keys allow, so that a neighbour that differs a little sooner still fits.
    private const int PrefixSlack = 2;

    private readonly long* _heads = heads;
    private readonly nint* _records = records;

    private int _prefixLength;
    private int _added;
    private int _firstAdded;
    private int _lastAdded;

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    /// <summary>A record.</summary>
    public readonly NativeRecord* this[int index] => (NativeRecord*)_records[index];

    /// <summary>Takes what a leaf holds.</summary>
    public void Load(RecordLeaf* leaf)
    {
        Count = LeafOrder.Copy(leaf, _heads, _records, out var added);
        _added = BitOperations.PopCount(added);
        _firstAdded = added == 0 ? Count : BitOperations.TrailingZeroCount(added);
        _lastAdded = 63 - BitOperations.LeadingZeroCount(added);
        _prefixLength = leaf->PrefixLength;
    }

    /// <summary>Adds a record whose key is not there.</summary>
    public void Insert(NativeRecord* record)
    {
        var key = NativeRecord.KeyOf(record);
        if (Count > 0 && _prefixLength > 0)
        {
            ShortenPrefix(key.CommonPrefixLength(NativeRecord.KeyOf(this[0])));
        }

        var head = KeyHead.Of(key, _prefixLength);
        var at = Count;
        for (; at > 0 && LeafOrder.IsAbove(_heads[at - 1], _records[at - 1], head, (nint)record); at--)
        {
            _heads[at] = _heads[at - 1];
            _records[at] = _records[at - 1];
        }

        _heads[at] = head;
        _records[at] = (nint)record;
        Count++;
        _lastAdded = at > _lastAdded ? at : _lastAdded + 1;
        _firstAdded = Math.Min(at, _firstAdded);
        _added++;
    }

    /// <summary>Takes out those of some records, beginning with the first, that are here, up to the first that is not.</summary>
    /// <returns>How many.</returns>
    public int Remove(ReadOnlySpan<nint> records)
    {
        var present = new Span<nint>(_records, Count);
        var removed = 0;
        for (; removed < records.Length && present.IndexOf(records[removed]) is >= 0 and var at; removed++)
        {
            present[at] = 0;
        }

        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_records[i] != 0)
            {
                _heads[kept] = _heads[i];
                _records[kept++] = _records[i];
            }
        }

        Count = kept;
        return removed;
    }

    /// <summary>Adds the records of the leaf before or behind those that are here.</summary>
    public void Join(RecordLeaf* leaf, bool isLeft)
    {
        var own = Count;
        var others = leaf->Count;
        if (isLeft)
        {
            new ReadOnlySpan<nint>(_records, own).CopyTo(new Span<nint>(_records + others, own));
        }

        LeafOrder.Copy(leaf, _heads + (isLeft ? 0 : own), _records + (isLeft ? 0 : own), out _);
        Count = own + others;
        _prefixLength = Count == 0 ? 0 : NativeRecord.KeyOf(this[0]).CommonPrefixLength(NativeRecord.KeyOf(this[Count - 1]));
        _prefixLength = Math.Max(0, _prefixLength - PrefixSlack);
        ComputeHeads();
    }

    /// <summary>
    /// Where to cut a run that is too much for one leaf: in the middle; but where records come in order, one behind or before the other, at the place where
    /// they come in, so that what was written stays full and the next ones have room.
    /// </summary>
    /// <param name="last">The record that came last.</param>
    /// <param name="tailCapacity">How many records a tail takes.</param>
    public readonly int FindCut(NativeRecord* last, int tailCapacity)
    {
        var isOneBlock = _lastAdded - _firstAdded + 1 == _added && _added > tailCapacity / 2 && _added < Count;
        if (isOneBlock && _lastAdded == Count - 1)
        {
            return this[_lastAdded] == last ? _lastAdded : Count - Math.Max(1, Count / 8); // Several writers arrive a little out of order.
        }

        if (isOneBlock && this[_lastAdded] == last)
        {
            return _lastAdded + 1;
        }

        return isOneBlock && this[_firstAdded] == last ? Math.Max(1, _firstAdded) : Count / 2;
    }

    /// <summary>Makes a leaf of a part of the run.</summary>
    /// <param name="lease">Where the memory comes from.</param>
    /// <param name="start">The first record.</param>
    /// <param name="count">How many.</param>
    public readonly RecordLeaf* MakeLeaf(in HeapLease lease, int start, int count)
    {
        var leaf = (RecordLeaf*)lease.Allocate(RecordLeaf.Size);
        var prefix = count == 0 ? 0 : _prefixLength;
        var heads = _heads + start;
        if (count > 1 && KeyHead.CommonBytes(heads[0], heads[count - 1]) > PrefixSlack)
        {
            var common = NativeRecord.KeyOf(this[start]).CommonPrefixLength(NativeRecord.KeyOf(this[start + count - 1]));
            if (common - PrefixSlack > prefix)
            {
                prefix = common - PrefixSlack;
                for (var i = 0; i < count; i++)
                {
                    heads[i] = KeyHead.Of(NativeRecord.KeyOf(this[start + i]), prefix);
                }
            }
        }

        RecordLeaf.Fill(leaf, prefix, heads, _records + start, count);
        return leaf;
    }

    private void ShortenPrefix(int length)
    {
        if (length < _prefixLength)
        {
            _prefixLength = length;
            ComputeHeads();
        }
    }

    private readonly void ComputeHeads()
    {
        for (var i = 0; i < Count; i++)
        {
            _heads[i] = KeyHead.Of(NativeRecord.KeyOf(this[i]), _prefixLength);
        }
    }
}
