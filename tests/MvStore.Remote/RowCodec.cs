using System.Buffers.Binary;
using System.Text;

namespace MvStore.Remote;

/// <summary>
/// How entries lie in a store that knows nothing but keys in bytewise order and walks them upwards: escaped keys, so that none is a prefix of another, and inverted versions, so
/// that the newest comes first. A directory of inverted keys stands in for walking downwards.
/// </summary>
internal static class RowCodec
{
    public const byte EntryTable = (byte)'e';
    public const byte DirectoryTable = (byte)'r';
    public const byte DropTable = (byte)'d';
    public const byte KeyFloorTable = (byte)'k';
    public const byte KindFloorTable = (byte)'f';
    public const byte NoteTable = (byte)'n';

    private const int VersionLength = sizeof(ulong);
    private const int NoteNumberLength = 2 * sizeof(ulong);

    /// <summary>The durable mark.</summary>
    public static byte[] Mark { get; } = [(byte)'m', 1];

    /// <summary>The highest version.</summary>
    public static byte[] Highest { get; } = [(byte)'m', 2];

    /// <summary>A table's row of a key, or the beginning of all of them.</summary>
    public static byte[] Row(byte table, ReadOnlySpan<byte> key) => [table, .. Escaped(key)];

    /// <summary>A table's row of a key at a version, the newest first.</summary>
    public static byte[] Row(byte table, ReadOnlySpan<byte> key, ulong version) => [table, .. Escaped(key), .. Number(~version)];

    /// <summary>The row of a key in the directory, whose order is that of keys reversed.</summary>
    public static byte[] DirectoryRow(ReadOnlySpan<byte> key)
    {
        var row = Row(DirectoryTable, key);
        Invert(row.AsSpan(1));
        return row;
    }

    /// <summary>Where the rows of a key end, versions included: above each of them, below any of the next key.</summary>
    public static byte[] EndOf(byte table, ReadOnlySpan<byte> key) => [.. Row(table, key), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>The end of a table.</summary>
    public static byte[] EndOf(byte table) => [(byte)(table + 1)];

    /// <summary>The key of a row, with whatever follows it.</summary>
    public static (byte[] Key, ulong Version) Decode(ReadOnlySpan<byte> row)
    {
        var (key, tail) = Unescaped(row[1..]);
        return (key, tail.Length == VersionLength ? ~BinaryPrimitives.ReadUInt64BigEndian(tail) : 0);
    }

    /// <summary>The key of a row of the directory.</summary>
    public static byte[] DecodeDirectory(ReadOnlySpan<byte> row)
    {
        var inverted = row[1..].ToArray();
        Invert(inverted);
        return Unescaped(inverted).Key;
    }

    public static byte[] Number(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    public static ulong Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes);

    public static byte[] Content(TierRow row) => row.Value is { } value ? [.. Number(row.Sequence), 1, .. value.Span] : [.. Number(row.Sequence), 0];

    public static TierRow ToRow(RemoteRow stored)
    {
        var (key, version) = Decode(stored.Key);
        ReadOnlyMemory<byte>? value = null;
        if (stored.Value[sizeof(ulong)] == 1)
        {
            value = stored.Value.AsMemory(sizeof(ulong) + 1);
        }

        return new TierRow(key, version, Number(stored.Value), value);
    }

    /// <summary>The row of a note: behind the epoch and the number under it lies the content. One that was removed stays, without content.</summary>
    public static RemoteRow Note(string name, ulong epoch, ulong number, ReadOnlySpan<byte> content)
        => new([NoteTable, .. Encoding.ASCII.GetBytes(name)], [.. Number(epoch), .. Number(number), .. content]);

    public static bool IsNewer(ReadOnlySpan<byte> note, ReadOnlySpan<byte> than)
        => note[..NoteNumberLength].SequenceCompareTo(than[..NoteNumberLength]) > 0;

    /// <summary>The notes that are not removed.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ToNotes(IEnumerable<RemoteRow> rows)
        => rows.Where(r => r.Value.Length > NoteNumberLength)
            .ToDictionary(r => Encoding.ASCII.GetString(r.Key, 1, r.Key.Length - 1), r => (ReadOnlyMemory<byte>)r.Value.AsMemory(NoteNumberLength));

    private static List<byte> Escaped(ReadOnlySpan<byte> key)
    {
        var bytes = new List<byte>(key.Length + 2);
        foreach (var b in key)
        {
            bytes.Add(b);
            if (b == 0)
            {
                bytes.Add(0xFF);
            }
        }

        bytes.Add(0);
        bytes.Add(0);
        return bytes;
    }

    private static (byte[] Key, byte[] Tail) Unescaped(ReadOnlySpan<byte> bytes)
    {
        var key = new List<byte>(bytes.Length);
        var next = 0;
        while (bytes[next] != 0 || bytes[next + 1] != 0)
        {
            key.Add(bytes[next]);
            next += bytes[next] == 0 ? 2 : 1;
        }

        return ([.. key], bytes[(next + 2)..].ToArray());
    }

    private static void Invert(Span<byte> bytes)
    {
        foreach (ref var b in bytes)
        {
            b = (byte)~b;
        }
    }
}
