namespace MvStore.Sqlite.Reading;

/// <summary>The newest entry of each of some keys that a view can see: nearly always the newest of all, so the history is asked last.</summary>
internal static class PointRead
{
    public static List<TierRow> Run(
        Reader reader,
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        var rows = new List<TierRow>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            if (Newest(reader, keys[i].Span, view, cancellationToken) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static TierRow? Newest(Reader reader, ReadOnlySpan<byte> key, TierView view, CancellationToken cancellationToken)
    {
        var at = SignedColumn.Clamped(view.At.Value);
        var sequence = SignedColumn.Clamped(view.Sequence);
        var newest = reader.Current(key);
        try
        {
            // A key without a newest entry has none at all.
            if (!newest.Step())
            {
                return null;
            }

            if (EntryColumns.IsVisible(newest, at, sequence))
            {
                return EntryColumns.Read(newest);
            }
        }
        finally
        {
            newest.Reset();
        }

        return InHistory(reader.HistoryFrom(key, at), at, sequence, cancellationToken);
    }

    // An answer cannot be put off, so this walks over whatever is hidden, but not past a cancellation.
    private static TierRow? InHistory(Statement older, long at, long sequence, CancellationToken cancellationToken)
    {
        try
        {
            while (older.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (EntryColumns.IsVisible(older, at, sequence))
                {
                    return EntryColumns.Read(older);
                }
            }

            return null;
        }
        finally
        {
            older.Reset();
        }
    }
}
