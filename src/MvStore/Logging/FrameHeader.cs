using System.Buffers.Binary;
using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>
/// The head of a frame: a commit, or a part of one. 48 bytes: magic (4), checksum (4), checksum of the frame before (4), checksum of the payload (4), length of
/// the payload (4), flags (4), sequence (8), version (8), and the last publication that was on disk when the frame was written (8).
/// </summary>
/// <param name="Previous">The checksum of the frame before; of the first one in a segment, what the segment's header gives.</param>
/// <param name="PayloadChecksum">CRC-32C of the payload.</param>
/// <param name="PayloadLength">Bytes of the payload.</param>
/// <param name="IsFirst">Whether the commit begins here.</param>
/// <param name="IsLast">Whether the commit ends here.</param>
/// <param name="Sequence">The commit's place in the order of publications.</param>
/// <param name="Version">The commit's version.</param>
/// <param name="Synced">A publication that was on disk before this frame was written: whoever can read the frame knows that one is not to be missing.</param>
internal readonly record struct FrameHeader(
    uint Previous,
    uint PayloadChecksum,
    int PayloadLength,
    bool IsFirst,
    bool IsLast,
    ulong Sequence,
    CommitVersion Version,
    ulong Synced)
{
    /// <summary>Its size.</summary>
    public const int Bytes = 48;

    /// <summary>How it begins.</summary>
    public const uint Magic = 0x4672_764D;

    private const uint First = 1;
    private const uint Last = 2;

    /// <summary>Writes it.</summary>
    /// <param name="into">At least <see cref="Bytes"/>.</param>
    /// <param name="salt">The segment's: what an earlier use of the file left behind has another one.</param>
    /// <returns>Its checksum, which the next frame repeats.</returns>
    public uint Write(Span<byte> into, ulong salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(into, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], Previous);
        BinaryPrimitives.WriteUInt32LittleEndian(into[12..], PayloadChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(into[16..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(into[20..], (IsFirst ? First : 0) | (IsLast ? Last : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(into[32..], Version.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(into[40..], Synced);
        var checksum = ChecksumOf(into, salt);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], checksum);
        return checksum;
    }

    /// <summary>Reads one that was written in this use of the segment's file.</summary>
    /// <param name="from">At least <see cref="Bytes"/>.</param>
    /// <param name="salt">The segment's.</param>
    /// <param name="header">The header.</param>
    /// <param name="checksum">Its checksum.</param>
    /// <returns>Whether there is one. Says nothing about the payload.</returns>
    public static bool TryRead(ReadOnlySpan<byte> from, ulong salt, out FrameHeader header, out uint checksum)
    {
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(from[4..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic || checksum != ChecksumOf(from, salt))
        {
            header = default;
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(from[20..]);
        header = new FrameHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[16..]),
            (flags & First) != 0,
            (flags & Last) != 0,
            BinaryPrimitives.ReadUInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[40..]));
        return true;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> header, ulong salt)
    {
        var crc = System.Numerics.BitOperations.Crc32C(uint.MaxValue, salt);
        return ~Crc32C.Append(crc, header[8..Bytes]);
    }
}
