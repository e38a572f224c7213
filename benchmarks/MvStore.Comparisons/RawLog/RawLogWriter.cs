using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.RawLog;

/// <summary>Appends commits: the number of rows, then keys and values, which carry the version.</summary>
internal sealed class RawLogWriter(GroupLog log) : IWorkloadWriter
{
    private readonly LogMember _member = new();
    private byte[] _record = [];

    public void Commit(RowBatch rows, ulong version)
    {
        var length = RawLogRecord.LengthOf(rows.Count);
        if (_record.Length < length)
        {
            _record = new byte[length];
        }

        RawLogRecord.Write(_record, rows);
        log.Append(_record.AsSpan(0, length), _member);
    }

    public void Dispose()
    {
        // Nothing of its own.
    }
}
