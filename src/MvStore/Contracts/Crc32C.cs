using System.Buffers.Binary;
using System.Numerics;

namespace MvStore.Contracts;

/// <summary>CRC-32C (Castagnoli) over bytes, eight at a time.</summary>
internal static class Crc32C
{
    /// <summary>Goes on with a checksum that is neither begun nor ended: the caller inverts at both ends.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
