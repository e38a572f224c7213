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
        for (var i = 0; i < count; i++)
        {
            VersionChain.Prefetch((NativeRecord*)found[i]);
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
