using System.Buffers.Binary;

namespace MvStore.Tests.Histories;

/// <summary>The keys and values of a history as bytes, and the rows of a store as what was read.</summary>
internal static class HistoryRows
{
    public static byte[] KeyOf(int key)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, key);
        return bytes;
    }

    public static byte[] ValueOf(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    public static HistoryRead ReadOf(VersionedRow row)
        => new(BinaryPrimitives.ReadInt32BigEndian(row.Key.Span), row.Version.Value, BinaryPrimitives.ReadInt64BigEndian(row.Value.Span));

    public static List<HistoryRead> WithAbsent(IEnumerable<int> asked, IEnumerable<VersionedRow> rows)
    {
        var reads = asked.Distinct().ToDictionary(k => k, k => new HistoryRead(k, 0, 0));
        foreach (var row in rows)
        {
            var read = ReadOf(row);
            reads[read.Key] = read;
        }

        return [.. reads.Values];
    }
}
