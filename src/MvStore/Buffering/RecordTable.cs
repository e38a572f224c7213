using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>Finds records by the hash of their key.</summary>
internal sealed unsafe class RecordTable(NativeHeap heap)
{
    private readonly Dictionary<string, nint> _records = [];

    /// <summary>The heap it lives in.</summary>
    public NativeHeap Heap { get; } = heap;

    /// <summary>How many records there are.</summary>
    public long Count => _records.Count;

    /// <summary>Fetches what <see cref="Find"/> will look at first into the cache.</summary>
    public void Prefetch(ulong hash)
    {
    }

    /// <summary>The record of a key, or null. It may be one that was removed. Wait-free; inside an epoch.</summary>
    public NativeRecord* Find(ulong hash, ReadOnlySpan<byte> key)
    {
        lock (_records)
        {
            return _records.TryGetValue(Convert.ToHexString(key), out var record) ? (NativeRecord*)record : null;
        }
    }

    /// <summary>Makes sure that a record is found by its key; takes the place of a removed one with the same key.</summary>
    public void Add(in HeapLease lease, ulong hash, NativeRecord* record)
    {
        lock (_records)
        {
            _records[Convert.ToHexString(NativeRecord.KeyOf(record))] = (nint)record;
        }
    }

    /// <summary>Takes out this very record.</summary>
    /// <returns>False when it is not there (any more).</returns>
    public bool Remove(in HeapLease lease, ulong hash, NativeRecord* record)
    {
        lock (_records)
        {
            var key = Convert.ToHexString(NativeRecord.KeyOf(record));
            return _records.TryGetValue(key, out var present) && present == (nint)record && _records.Remove(key);
        }
    }
}
