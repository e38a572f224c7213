using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MvStore.Sqlite.Format;

/// <summary>Tells one store from another of the same name: a mark left beside a file that was replaced says nothing of the new one.</summary>
internal static class StoreId
{
    /// <summary>A new id, at random.</summary>
    public static long Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
