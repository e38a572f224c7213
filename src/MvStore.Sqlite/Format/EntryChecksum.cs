using System.Numerics;

namespace MvStore.Sqlite.Format;

/// <summary>
/// The checksum of an entry (contract F3): CRC-32C (Castagnoli) over version and sequence (8 bytes each), key length (4 bytes), 1 for a
/// value or 0 for a tombstone (1 byte), key, value; numbers little-endian. SQLite itself does not notice a flipped bit inside a value.
/// </summary>
internal static class EntryChecksum
{
    public static uint Of(ReadOnlySpan<byte> key, long version, long sequence, ReadOnlySpan<byte> value, bool isTombstone)
    {
        var crc = uint.MaxValue;
        crc = BitOperations.Crc32C(crc, (ulong)version);
        crc = BitOperations.Crc32C(crc, (ulong)sequence);
        crc = BitOperations.Crc32C(crc, (uint)key.Length);
        crc = BitOperations.Crc32C(crc, isTombstone ? (byte)0 : (byte)1);
        crc = Crc32C.Append(crc, key);
        return ~Crc32C.Append(crc, value);
    }
}
