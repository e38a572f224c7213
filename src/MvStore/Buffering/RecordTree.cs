using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>The records in the order of their keys.</summary>
internal sealed unsafe class RecordTree(NativeHeap heap)
{
    private sealed class Bytewise : IComparer<byte[]>
    {
        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }

    private readonly SortedDictionary<byte[], nint> _records = new(new Bytewise());

    /// <summary>The heap it lives in.</summary>
    public NativeHeap Heap { get; } = heap;

    /// <summary>How many records there are.</summary>
    public long Count => _records.Count;

    /// <summary>Goes to the place of a key and fetches it into the cache.</summary>
    /// <returns>A hint for <see cref="FindOrAdd"/>, good inside this epoch.</returns>
    public nint Approach(ReadOnlySpan<byte> key) => 0;

    /// <summary>
    /// The record with a candidate's key. If there is none, or only a removed one, the candidate takes the place.
    /// </summary>
    /// <returns>The candidate, or the record that was there.</returns>
    public NativeRecord* FindOrAdd(in HeapLease lease, NativeRecord* candidate, nint approached)
    {
        lock (_records)
        {
            var key = NativeRecord.KeyOf(candidate).ToArray();
            if (_records.TryGetValue(key, out var present) && !NativeRecord.IsRemoved((NativeRecord*)present))
            {
                return (NativeRecord*)present;
            }

            _records[key] = (nint)candidate;
            return candidate;
        }
    }

    public NativeRecord* Find(ReadOnlySpan<byte> key)
    {
        lock (_records)
        {
            return _records.TryGetValue(key.ToArray(), out var record) ? (NativeRecord*)record : null;
        }
    }

    /// <summary>Takes out this very record.</summary>
    /// <returns>False when it is not there (any more).</returns>
    public bool Remove(in HeapLease lease, NativeRecord* record)
    {
        lock (_records)
        {
            var key = NativeRecord.KeyOf(record).ToArray();
            return _records.TryGetValue(key, out var present) && present == (nint)record && _records.Remove(key);
        }
    }

    public RecordCursor Seek(KeyRange range, ScanDirection direction) => new(this, range, direction);

    public nint[] Take(KeyRange range, ScanDirection direction, int most)
    {
        lock (_records)
        {
            var inRange = _records.Where(r => range.Contains(r.Key)).Select(r => r.Value);
            return direction == ScanDirection.Forward ? [.. inRange.Take(most)] : [.. inRange.Reverse().Take(most)];
        }
    }
}
