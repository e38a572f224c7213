using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>Walks records in order and reads their chains as they are when it comes by. Belongs to one caller.</summary>
internal sealed unsafe class BufferCursor(RecordCursor records) : IBufferCursor
{
    /// <inheritdoc/>
    public int Read(TierView view, Span<BufferedRow> rows)
    {
        Span<nint> found = stackalloc nint[RecordCursor.MostRecords];
        var count = records.Read(found[..Math.Min(found.Length, rows.Length)]);
        var hasBlocks = false;
        for (var i = 0; i < count; i++)
        {
            hasBlocks |= ChainPrefetch.FetchFirst((NativeRecord*)found[i]);
        }

        if (hasBlocks)
        {
            // One step more to the entry: all of them together, or each would be waited for.
            for (var i = 0; i < count; i++)
            {
                ChainPrefetch.FetchFromBlock((NativeRecord*)found[i], view);
            }
        }

        for (var i = 0; i < count; i++)
        {
            var record = (NativeRecord*)found[i];
            var entry = VersionChain.Find(record, view);
            rows[i] = NativeRecord.RowOf(record, entry);
            CacheLine.Prefetch((byte*)entry + CacheLine.Size);
            CacheLine.Prefetch((byte*)entry + (2 * CacheLine.Size) - 1);
        }

        return count;
    }

    /// <inheritdoc/>
    public void Suspend() => records.Suspend();
}
