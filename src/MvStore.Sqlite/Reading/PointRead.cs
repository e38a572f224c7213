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
            cancellationToken.ThrowIfCancellationRequested();
            if (Newest(reader, keys[i].Span, view) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>The newest entry of one key, or null.</summary>
    public static TierRow? Newest(Reader reader, ReadOnlySpan<byte> key, TierView view)
    {
        var statement = reader.KeyFrom(key, SignedColumn.Clamped(view.At.Value), SignedColumn.Clamped(view.Sequence));
        try
        {
            return statement.Step() ? EntryColumns.Read(statement, key.ToArray()) : null;
        }
        finally
        {
            statement.Reset();
        }
    }
}
