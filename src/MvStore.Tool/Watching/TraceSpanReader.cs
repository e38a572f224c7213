using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MvStore.Tool.Watching;

/// <summary>Reads the values of a trace from memory. What ends too early is an <see cref="InvalidDataException"/>.</summary>
internal ref struct TraceSpanReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>A byte.</summary>
    public byte ReadByte() => Take(1)[0];

    /// <summary>A number of two bytes.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    /// <summary>A number of four bytes.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>A number of eight bytes.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>A number of 7 bits in each byte, the lowest first; the highest bit says that another byte follows.</summary>
    public ulong ReadVariable()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number in the trace has too many bytes.");
    }

    /// <summary>Text of UTF-16 up to a zero.</summary>
    public string ReadText()
    {
        var characters = MemoryMarshal.Cast<byte, char>(_rest);
        var length = characters.IndexOf('\0');
        if (length < 0)
        {
            throw new InvalidDataException("A text in the trace has no end.");
        }

        var text = characters[..length].ToString();
        Skip((length + 1) * sizeof(char));
        return text;
    }

    /// <summary>Some bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new InvalidDataException("The trace ends in the middle of a value.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Passes over some bytes.</summary>
    public void Skip(int count) => Take(count);
}
