using System.Diagnostics;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>Changes one segment of a table, whose lock is held until this is disposed of.</summary>
internal readonly unsafe ref struct SegmentWriter
{
    // Owner: whoever holds the lock, so plain loads here. Release store; readers acquire.
    private readonly ref ulong _word;
    private readonly ref SegmentState _state; // As its fields say.
    private readonly Func<ReadOnlySpan<byte>, ulong> _hash;
    private readonly int _homeBitsInTag;

    /// <summary>Begins to change a segment.</summary>
    /// <param name="word">Its word in the directory.</param>
    /// <param name="state">Its writers' side, with the lock held by the caller.</param>
    /// <param name="hash">What callers hash keys with.</param>
    /// <param name="homeBitsInTag">With more bits than these in the number of a home bucket, that is found from the key.</param>
    public SegmentWriter(ref ulong word, ref SegmentState state, Func<ReadOnlySpan<byte>, ulong> hash, int homeBitsInTag)
    {
        _word = ref word;
        _state = ref state;
        _hash = hash;
        _homeBitsInTag = homeBitsInTag;
    }

    /// <summary>Makes sure that a record is in the segment, in the place of another one with its key if there is one.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for a larger segment. Nothing has changed.</exception>
    public void Put(in HeapLease lease, ulong hash, NativeRecord* record)
    {
        var slot = new TableSlot(record, TableSlot.TagOf(hash));
        var segment = new TableSegment(_word);
        if (segment.Exists)
        {
            var place = segment.PlaceFor(hash, record);
            var present = new TableSlot(*place);
            if (present.HoldsRecord)
            {
                if (present.Record != record)
                {
                    Debug.Assert(NativeRecord.IsRemoved(present.Record), "a record that is in use has been replaced");
                    Volatile.Write(ref *place, slot.Word);
                }

                return;
            }

            if (present.IsTombstone || _state.Used < segment.Limit)
            {
                Volatile.Write(ref *place, slot.Word);
                _state.Used += present.IsTombstone ? 0UL : 1;
                _state.Records++;
                return;
            }
        }

        var larger = Rebuild(lease, segment, TableSegment.CapacityFor(_state.Records + 1));
        larger.Fill(larger.HomeOf(hash), slot);
        Publish(lease, segment, larger, _state.Records + 1);
    }

    /// <summary>Takes out this very record, and gives memory back when few are left.</summary>
    /// <returns>False when it is not there.</returns>
    public bool TakeOut(in HeapLease lease, ulong hash, NativeRecord* record)
    {
        var segment = new TableSegment(_word);
        var place = segment.Exists ? segment.PlaceOf(hash, record) : null;
        if (place == null)
        {
            return false;
        }

        _state.Used -= segment.Clear(place) ? 1UL : 0;
        _state.Records--;
        Shrink(lease, segment);
        return true;
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _state.Leave();

    private void Shrink(in HeapLease lease, TableSegment segment)
    {
        if (_state.Records == 0)
        {
            Publish(lease, segment, default, 0);
        }
        else if (segment.Capacity > TableSegment.LeastCapacity && _state.Records < segment.Capacity / 8)
        {
            TableSegment smaller;
            try
            {
                smaller = Rebuild(lease, segment, TableSegment.CapacityFor(_state.Records));
            }
            catch (OutOfMemoryException)
            {
                return; // The record is out; the segment is only larger than it need be, and the next removal tries again.
            }

            Publish(lease, segment, smaller, _state.Records);
        }
    }

    /// <summary>Copies the records of a segment, which may not exist, into a new one that nobody knows yet.</summary>
    private TableSegment Rebuild(in HeapLease lease, TableSegment old, ulong capacity)
    {
        var rebuilt = TableSegment.Create(lease, capacity);
        var capacityOfOld = old.Exists ? old.Capacity : 0;
        for (var i = 0UL; i < capacityOfOld; i++)
        {
            var slot = new TableSlot(old.Slots[i]);
            if (slot.HoldsRecord)
            {
                var home = rebuilt.HomeBits <= _homeBitsInTag
                    ? rebuilt.HomeOfTag(slot.Tag)
                    : rebuilt.HomeOf(_hash(NativeRecord.KeyOf(slot.Record)));
                rebuilt.Fill(home, slot);
            }
        }

        return rebuilt;
    }

    private void Publish(in HeapLease lease, TableSegment old, TableSegment segment, ulong records)
    {
        Volatile.Write(ref _word, segment.Word);
        _state.Records = records;
        _state.Used = records;
        if (old.Exists)
        {
            old.Retire(lease);
        }
    }
}
