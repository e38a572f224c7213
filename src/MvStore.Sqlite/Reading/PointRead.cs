namespace MvStore.Sqlite.Reading;

/// <summary>The newest entry of each of some keys that a view can see.</summary>
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

    // An answer cannot be put off, so this walks over whatever is hidden, but not past a cancellation.
    private static TierRow? Newest(Reader reader, ReadOnlySpan<byte> key, TierView view, CancellationToken cancellationToken)
    {
        var sequence = SignedColumn.Clamped(view.Sequence);
        var row = reader.KeyFrom(key, SignedColumn.Clamped(view.At.Value));
        try
        {
            while (row.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (EntryColumns.Sequence(row) <= sequence)
                {
                    return EntryColumns.Read(row, key.ToArray());
                }

                EntryColumns.Check(row);
            }

            return null;
        }
        finally
        {
            row.Reset();
        }
    }
}
