using System.Numerics;

namespace MvStore.Sqlite.Format;

/// <summary>
/// The checksum of a row of the tables that hold no entries (contract F3): CRC-32C over the number of the table (1 byte), the other integer
/// columns in their order (8 bytes each, little-endian), then the bytes of the key or of the family's name; for a note the length of its
/// name (8 bytes), the name, the content.
/// </summary>
internal static class StateChecksum
{
    private const byte MetaTable = 1;
    private const byte FloorTable = 2;
    private const byte KeyFloorTable = 3;
    private const byte DroppedTable = 4;
    private const byte NoteTable = 5;

    public static uint OfMeta(ReadOnlySpan<long> columns) => Of(MetaTable, columns, []);

    public static uint OfFloor(ReadOnlySpan<byte> family, long id, long version) => Of(FloorTable, [id, version], family);

    public static uint OfKeyFloor(ReadOnlySpan<byte> key, long version) => Of(KeyFloorTable, [version], key);

    public static uint OfDropped(ReadOnlySpan<byte> key, long version) => Of(DroppedTable, [version], key);

    public static uint OfNote(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content) => Of(NoteTable, [name.Length], name, content);

    private static uint Of(byte table, ReadOnlySpan<long> integers, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> more = default)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, table);
        foreach (var integer in integers)
        {
            crc = BitOperations.Crc32C(crc, (ulong)integer);
        }

        return ~Crc32C.Append(Crc32C.Append(crc, bytes), more);
    }
}
