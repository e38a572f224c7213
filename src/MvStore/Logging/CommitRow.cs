using System.Buffers.Binary;

namespace MvStore.Logging;

/// <summary>
/// The head of a row in the log: length of the key (4), length of the value (4), then key and value. Before the rows of a commit stand how many there are (4),
/// 4 zeros, and the bytes of it all, these included (8).
/// </summary>
/// <param name="KeyLength">Bytes of the key.</param>
/// <param name="ValueLength">Bytes of the value, or one of the two below.</param>
internal readonly record struct CommitRow(int KeyLength, int ValueLength)
{
    /// <summary>In place of a value's length: the key is deleted.</summary>
    public const int Tombstone = -1;

    /// <summary>In place of a value's length: the key is dropped.</summary>
    public const int Drop = -2;

    /// <summary>Bytes before key and value.</summary>
    public const int HeadBytes = 8;

    /// <summary>Bytes before the first row.</summary>
    public const int PreludeBytes = 16;

    /// <summary>Bytes of head, key and value.</summary>
    public int TotalBytes => HeadBytes + KeyLength + Math.Max(0, ValueLength);

    /// <summary>Reads it; null when it cannot be one.</summary>
    public static CommitRow? Read(ReadOnlySpan<byte> head)
    {
        var row = new CommitRow(BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]));
        var isPossible = row.KeyLength is >= 0 and <= BufferOptions.KeyLengthLimit && row.ValueLength is >= Drop and <= BufferOptions.ValueLengthLimit;
        return isPossible ? row : null;
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteInt32LittleEndian(head, KeyLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], ValueLength);
    }
}
