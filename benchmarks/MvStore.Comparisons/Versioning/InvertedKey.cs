using System.Buffers.Binary;
using MvStore.Workloads.Data;

namespace MvStore.Comparisons.Versioning;

/// <summary>
/// A key and a version in one: the key, then the complement of the version, so that the newest version of a key comes first in order.
/// The usual way to keep versions in an ordered store without any.
/// </summary>
internal static class InvertedKey
{
    public const int Length = KeySpace.KeyLength + sizeof(ulong);

    public static void Write(Span<byte> inverted, ReadOnlySpan<byte> key, ulong version)
    {
        key.CopyTo(inverted);
        BinaryPrimitives.WriteUInt64BigEndian(inverted[KeySpace.KeyLength..], ~version);
    }

    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> inverted) => inverted[..KeySpace.KeyLength];

    public static ulong VersionOf(ReadOnlySpan<byte> inverted) => ~BinaryPrimitives.ReadUInt64BigEndian(inverted[KeySpace.KeyLength..]);
}
