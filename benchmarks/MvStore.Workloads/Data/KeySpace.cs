using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MvStore.Workloads.Data;

/// <summary>
/// The keys: an 8-byte constant prefix and the 8-byte big-endian id of an index. The id is a bijective mix of the index, so indices
/// counted up arrive in random key order.
/// </summary>
public static class KeySpace
{
    public const int KeyLength = 16;

    /// <summary>Indices from here on are never written.</summary>
    public const long Absent = 1L << 48;

    private const int PrefixLength = 8;
    private const ulong Prefix = 0x6D76_7374_6F72_6500;
    private const ulong Offset = 0x0123_4567;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong IdOf(long index) => Mixing.Mix((ulong)index + Offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Span<byte> key, ulong id)
    {
        BinaryPrimitives.WriteUInt64BigEndian(key, Prefix);
        BinaryPrimitives.WriteUInt64BigEndian(key[PrefixLength..], id);
    }

    /// <summary>The id in a key, or null if it is no key of ours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong? ReadId(ReadOnlySpan<byte> key)
        => key.Length == KeyLength && BinaryPrimitives.ReadUInt64BigEndian(key) == Prefix
            ? BinaryPrimitives.ReadUInt64BigEndian(key[PrefixLength..])
            : null;
}
