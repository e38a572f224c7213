using System.Runtime.InteropServices;
using MvStore.Workloads.Data;

namespace MvStore.Comparisons.RawLog;

/// <summary>A commit in the raw log.</summary>
internal static class RawLogRecord
{
    public const int HeaderLength = sizeof(int);
    public const int RowLength = KeySpace.KeyLength + ValueDigest.ValueLength;

    public static int LengthOf(int rows) => HeaderLength + (rows * RowLength);

    public static void Write(Span<byte> record, RowBatch rows)
    {
        MemoryMarshal.Write(record, rows.Count);
        var at = HeaderLength;
        for (var row = 0; row < rows.Count; row++, at += RowLength)
        {
            rows.Key(row).CopyTo(record[at..]);
            rows.Value(row).CopyTo(record[(at + KeySpace.KeyLength)..]);
        }
    }
}
