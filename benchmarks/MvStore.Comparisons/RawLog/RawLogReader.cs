using System.Runtime.InteropServices;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.RawLog;

/// <summary>Reads a closed log from its beginning, and answers from what it remembers.</summary>
internal sealed class RawLogReader : IWorkloadReader
{
    private readonly Dictionary<ulong, ValueDigest> _newest = [];

    public RawLogReader(string path)
    {
        using var file = new BufferedStream(File.OpenRead(path));
        var header = new byte[RawLogRecord.HeaderLength];
        var row = new byte[RawLogRecord.RowLength];
        while (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && MemoryMarshal.Read<int>(header) is > 0 and var rows)
        {
            for (var i = 0; i < rows; i++)
            {
                file.ReadExactly(row);
                Add(row);
            }
        }
    }

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
        => _newest.TryGetValue(KeySpace.ReadId(key) ?? 0, out value) && value.Version <= at;

    public void Dispose()
    {
        // Nothing of its own.
    }

    private void Add(ReadOnlySpan<byte> row)
    {
        var value = ValueDigest.Of(row[KeySpace.KeyLength..]);
        var id = KeySpace.ReadId(row[..KeySpace.KeyLength]) ?? 0;
        if (!_newest.TryGetValue(id, out var newest) || newest.Version < value.Version)
        {
            _newest[id] = value;
        }
    }
}
