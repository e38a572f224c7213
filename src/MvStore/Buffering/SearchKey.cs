using System.Buffers.Binary;

namespace MvStore.Buffering;

/// <summary>
/// A key on its way through the index, with its head: the first eight bytes as a big-endian number, zero-padded. Heads that differ order
/// their keys, for where they first differ either both keys have a byte, or one key has ended and is a proper prefix of the other up to
/// zeros. Heads that are equal say nothing, and the keys themselves must be compared.
/// </summary>
internal readonly ref struct SearchKey
{
    public SearchKey(ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes;
        Head = HeadOf(bytes);
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public ulong Head { get; }

    public static ulong HeadOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(bytes);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        bytes.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
