using System.Buffers.Binary;

namespace MvStore.Comparisons.Versioning;

/// <summary>A 16-byte key as a value, for engines that are generic over their keys; its order is that of the bytes.</summary>
internal readonly record struct FixedKey(ulong High, ulong Low) : IComparable<FixedKey>
{
    public static FixedKey Of(ReadOnlySpan<byte> key)
        => new(BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key[sizeof(ulong)..]));

    public void WriteTo(Span<byte> key)
    {
        BinaryPrimitives.WriteUInt64BigEndian(key, High);
        BinaryPrimitives.WriteUInt64BigEndian(key[sizeof(ulong)..], Low);
    }

    public int CompareTo(FixedKey other)
    {
        var order = High.CompareTo(other.High);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }
}
