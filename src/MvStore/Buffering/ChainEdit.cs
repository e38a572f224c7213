using System.Buffers;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// Takes entries out of the chain of one record, under its lock: make it, mark what goes, apply it, dispose it. What goes is retired; the bytes of an entry that lives
/// inside its record stay with the record.
/// </summary>
internal unsafe ref struct ChainEdit
{
    private readonly NativeRecord* _record;
    private readonly int _count;
    private readonly nint[] _entries;
    private readonly bool[] _keep;

    public ChainEdit(NativeRecord* record)
    {
        _record = record;
        _count = VersionChain.CountOf(record);
        _entries = ArrayPool<nint>.Shared.Rent(_count);
        _keep = ArrayPool<bool>.Shared.Rent(_count);
        VersionChain.CopyTo(record, _entries.AsSpan(0, _count));
        Keep.Fill(true);
    }

    /// <summary>How many entries there are.</summary>
    public readonly int Count => _count;

    /// <summary>For each entry, newest first, whether it stays. At first all do.</summary>
    public readonly Span<bool> Keep => _keep.AsSpan(0, _count);

    /// <summary>How many entries went.</summary>
    public int Removed { get; private set; }

    /// <summary>Bytes of the values that went.</summary>
    public long RemovedValueBytes { get; private set; }

    /// <summary>An entry, newest first.</summary>
    public readonly NativeEntry* this[int index] => (NativeEntry*)_entries[index];

    /// <summary>Takes out what is not to stay.</summary>
    public void Apply(in HeapLease lease, ref LinkedFigures figures)
    {
        var entries = _entries.AsSpan(0, _count);
        var kept = ArrayPool<nint>.Shared.Rent(_count);
        try
        {
            var keptCount = 0;
            for (var i = 0; i < _count; i++)
            {
                if (_keep[i])
                {
                    kept[keptCount++] = entries[i];
                }
            }

            if (keptCount < _count)
            {
                var bytes = VersionChain.Keep(lease, _record, kept.AsSpan(0, keptCount));
                bytes -= RetireRemoved(lease);
                figures.Add(NativeRecord.KindOf(_record), -Removed, bytes);
            }
        }
        finally
        {
            ArrayPool<nint>.Shared.Return(kept);
        }
    }

    public readonly void Dispose()
    {
        ArrayPool<nint>.Shared.Return(_entries);
        ArrayPool<bool>.Shared.Return(_keep);
    }

    private long RetireRemoved(in HeapLease lease)
    {
        var inline = NativeRecord.InlineEntryOf(_record);
        long bytes = 0;
        for (var i = 0; i < _count; i++)
        {
            if (_keep[i])
            {
                continue;
            }

            var entry = this[i];
            Removed++;
            RemovedValueBytes += entry->ValueLength;
            if (entry != inline)
            {
                var size = NativeEntry.SizeOf(entry->ValueLength);
                bytes += (long)NativeHeap.BlockSize(size);
                lease.Retire(entry, size);
            }
        }

        return bytes;
    }
}
