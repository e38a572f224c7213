using System.Buffers.Binary;

namespace MvStore.Logging;

/// <summary>
/// Which publication was on disk, in a file of its own: written after each sync and not synced itself, so it may lag and never leads. It is what tells a log
/// whose end was damaged at rest from one whose end was never written. One sector: "MvLogMrk" (8), checksum (4), 4 zeros, store (8), sequence (8).
/// </summary>
internal sealed class SyncedMark(LogFile file, ulong store) : IDisposable
{
    private const ulong Magic = 0x6B72_4D67_6F4C_764D;
    private const int Bytes = 32;

    /// <summary>The mark; 0 when there is none that belongs to the store.</summary>
    public ulong Read()
    {
        Span<byte> mark = stackalloc byte[Bytes];
        var isMark = file.Read(mark, 0) == Bytes
            && BinaryPrimitives.ReadUInt64LittleEndian(mark) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(mark[8..]) == LogFormat.Checksum(mark[16..])
            && BinaryPrimitives.ReadUInt64LittleEndian(mark[16..]) == store;
        return isMark ? BinaryPrimitives.ReadUInt64LittleEndian(mark[24..]) : 0;
    }

    /// <summary>Writes the mark.</summary>
    /// <param name="sequence">A publication that is on disk.</param>
    public void Write(ulong sequence)
    {
        Span<byte> mark = stackalloc byte[Bytes];
        mark.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(mark, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(mark[16..], store);
        BinaryPrimitives.WriteUInt64LittleEndian(mark[24..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(mark[8..], LogFormat.Checksum(mark[16..]));
        file.Write(mark, 0);
    }

    /// <summary>Brings it to disk.</summary>
    public void Sync() => file.Sync();

    public void Dispose() => file.Dispose();
}
