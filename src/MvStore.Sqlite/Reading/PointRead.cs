namespace MvStore.Sqlite.Reading;

/// <summary>
/// The newest entry of each of some keys that a view can see: nearly always the newest of all, so the history is asked last. Several keys are read
/// in one transaction; for one key the first statement holds the state of the file until the second is through, which saves a third.
/// </summary>
internal readonly struct PointRead(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
    : IRead<IReadOnlyList<TierRow>>
{
    private readonly long _at = SignedColumn.Clamped(view.At.Value);
    private readonly long _sequence = SignedColumn.Clamped(view.Sequence);

    public IReadOnlyList<TierRow> Run(Reader reader)
    {
        if (keys.Count == 1)
        {
            return Newest(reader, keys[0].Span) is { } row ? [row] : Array.Empty<TierRow>();
        }

        reader.Begin();
        try
        {
            var rows = new List<TierRow>(keys.Count);
            for (var i = 0; i < keys.Count; i++)
            {
                if (Newest(reader, keys[i].Span) is { } row)
                {
                    rows.Add(row);
                }
            }

            return rows;
        }
        finally
        {
            reader.End();
        }
    }

    private TierRow? Newest(Reader reader, ReadOnlySpan<byte> key)
    {
        var newest = reader.Current(key);
        try
        {
            // A key without a newest entry has none at all.
            if (!newest.Step())
            {
                return null;
            }

            return EntryColumns.TryRead(newest, _at, _sequence, out var row) ? row : InHistory(reader.HistoryFrom(key, _at));
        }
        finally
        {
            newest.Reset();
        }
    }

    // An answer cannot be put off, so this walks over whatever is hidden, but not past a cancellation.
    private TierRow? InHistory(Statement older)
    {
        try
        {
            while (older.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (EntryColumns.TryRead(older, _at, _sequence, out var row))
                {
                    return row;
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
