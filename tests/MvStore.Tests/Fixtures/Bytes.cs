using System.Buffers.Binary;
using System.Text;

namespace MvStore.Tests.Fixtures;

/// <summary>Keys and values written as texts and numbers.</summary>
public static class Bytes
{
    /// <summary>The bytes of a text.</summary>
    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Eight bytes that sort like the number.</summary>
    public static byte[] Of(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>The text that bytes were made of.</summary>
    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>The number that bytes were made of.</summary>
    public static ulong Number(ReadOnlyMemory<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes.Span);

    /// <summary>A text of a length.</summary>
    public static byte[] OfLength(int length, byte fill = (byte)'x')
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return bytes;
    }
}
