using System.Buffers.Binary;

namespace MvStore.Logging;

/// <summary>
/// The head of a segment, in its first sector: "MvLogSeg" (8), format (4), checksum (4), number (8), number of the segment before (8), where that one ends (8)
/// and with which checksum (4), length of the segment (4), store (8), salt (8), base sequence (8), highest version (8), log (8): 88 bytes.
/// </summary>
/// <param name="Number">Ascending; of two segments the one with the higher number was begun later.</param>
/// <param name="Previous">The segment it continues; 0 for none.</param>
/// <param name="PreviousEnd">Where in that one the log continues here: what may lie behind it there does not count.</param>
/// <param name="PreviousChain">The checksum of the last frame before that place.</param>
/// <param name="Length">The length of the segment's file.</param>
/// <param name="Store">The identity of the store it belongs to.</param>
/// <param name="Salt">A random number, different in each use of a file.</param>
/// <param name="Base">The last publication that has a frame before this segment: who has everything up to it does not need what is before.</param>
/// <param name="Highest">The highest version of the publications up to the base.</param>
/// <param name="Log">The identity of the log, the same in all its segments, by which the persistent tier remembers it.</param>
internal readonly record struct SegmentHeader(
    ulong Number,
    ulong Previous,
    long PreviousEnd,
    uint PreviousChain,
    int Length,
    ulong Store,
    ulong Salt,
    ulong Base,
    CommitVersion Highest,
    ulong Log)
{
    private const ulong Magic = 0x6765_5367_6F4C_764D;
    private const int Bytes = 88;

    /// <summary>What the first frame gives as the checksum of the one before.</summary>
    public uint FirstChain => (uint)Salt ^ (uint)(Salt >> 32);

    /// <summary>Writes it.</summary>
    /// <param name="sector">A whole sector.</param>
    public void Write(Span<byte> sector)
    {
        sector.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(sector, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[8..], LogFormat.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[24..], Previous);
        BinaryPrimitives.WriteInt64LittleEndian(sector[32..], PreviousEnd);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[40..], PreviousChain);
        BinaryPrimitives.WriteInt32LittleEndian(sector[44..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[48..], Store);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[56..], Salt);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[64..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[72..], Highest.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[80..], Log);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], LogFormat.Checksum(sector[16..Bytes]));
    }

    /// <summary>Reads it from the file of a segment.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <returns>The header; null when the file holds none, as one that was never used, or damaged, does not.</returns>
    /// <exception cref="StoreFormatException">It is of a newer format.</exception>
    public static SegmentHeader? Read(LogFile file, string name)
    {
        Span<byte> sector = stackalloc byte[LogFormat.SectorBytes];
        if (file.Read(sector, 0) < sector.Length || BinaryPrimitives.ReadUInt64LittleEndian(sector) != Magic)
        {
            return null;
        }

        var format = BinaryPrimitives.ReadUInt32LittleEndian(sector[8..]);
        if (format > LogFormat.Version)
        {
            throw new StoreFormatException(
                $"The file '{name}' of the commit log has format {format}; this version understands up to {LogFormat.Version}. It was not touched.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(sector[12..]) != LogFormat.Checksum(sector[16..Bytes]))
        {
            return null;
        }

        return new SegmentHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(sector[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(sector[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(sector[44..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[48..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[56..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[64..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[72..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[80..]));
    }
}
