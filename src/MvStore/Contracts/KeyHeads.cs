using System.Buffers.Binary;

namespace MvStore.Contracts;

/// <summary>Keys as numbers to sort by, for the most part: where two numbers are equal, the keys decide.</summary>
internal static class KeyHeads
{
    /// <summary>The first eight bytes of a key, or of what follows a beginning that all keys have. A shorter one is filled up with zeros: it comes first, or is equal so far.</summary>
    public static ulong HeadOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
