using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>Shows what is in memory, some dozens of keys in one epoch. Takes no lock and changes nothing.</summary>
internal sealed unsafe class BufferSurvey(VersionBuffer buffer) : ISurveyable
{
    private const int UsualVersions = 32;

    /// <inheritdoc/>
    public void Survey(KeyRange range, TierView view, SurveyVisitor visit, CancellationToken cancellationToken)
    {
        var cursor = buffer.Tree.Seek(range, ScanDirection.Forward);
        var rows = new BufferedRow[UsualVersions];
        var entries = new SurveyEntry[UsualVersions];
        while (ShowNextRecords(cursor, view, visit, ref rows, ref entries))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <returns>False when there was none.</returns>
    private bool ShowNextRecords(RecordCursor cursor, TierView view, SurveyVisitor visit, ref BufferedRow[] rows, ref SurveyEntry[] entries)
    {
        using var epoch = buffer.Enter();
        Span<nint> records = stackalloc nint[RecordCursor.MostRecords];
        var count = cursor.Read(records);
        foreach (var each in records[..count])
        {
            var record = (NativeRecord*)each;
            var found = FindAll(record, view, ref rows);
            if (found == 0)
            {
                continue;
            }

            if (entries.Length < found)
            {
                entries = new SurveyEntry[rows.Length];
            }

            for (var i = 0; i < found; i++)
            {
                ref readonly var row = ref rows[i];
                entries[i] = new SurveyEntry(row.Version, row.Sequence, row.IsTombstone, row.Value.Length);
            }

            visit(NativeRecord.KeyOf(record), entries.AsSpan(0, found));
        }

        cursor.Suspend();
        return count > 0;
    }

    private static int FindAll(NativeRecord* record, TierView view, ref BufferedRow[] rows)
    {
        int found;
        while ((found = VersionChain.FindVersions(record, view, rows)) == rows.Length)
        {
            rows = new BufferedRow[rows.Length * 2];
        }

        return found;
    }
}
