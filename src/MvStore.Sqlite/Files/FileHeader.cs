using System.Buffers.Binary;

namespace MvStore.Sqlite.Files;

/// <summary>
/// The first 100 bytes of a SQLite file, which tell whose it is. They lie in one sector and every version of them this tier writes
/// carries its identity, so they are right also after a crash, without replaying the log.
/// </summary>
internal readonly record struct FileHeader(int PageBytes, uint Pages, uint ApplicationId, int UserVersion)
{
    public const int Length = 100;

    /// <summary>Reads a header; null when the bytes are not the beginning of a SQLite file.</summary>
    public static FileHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length || !bytes.StartsWith("SQLite format 3\0"u8))
        {
            return null;
        }

        // A stored page size of 1 means 65,536.
        var page = BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]);
        return new FileHeader(
            page == 1 ? 65_536 : page,
            BinaryPrimitives.ReadUInt32BigEndian(bytes[28..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[68..]),
            BinaryPrimitives.ReadInt32BigEndian(bytes[60..]));
    }
}
