namespace MvStore.Reading;

/// <summary>Turns entries into what callers get: tombstones are absent.</summary>
internal static class ReadResults
{
    /// <summary>The row, or null when there is none or it is a tombstone.</summary>
    public static VersionedRow? PresentRow(TierRow? found)
        => found is { IsTombstone: false } row ? ScanReader.ToVersionedRow(row) : null;

    /// <summary>The rows that are present, in the order given.</summary>
    public static IReadOnlyList<VersionedRow> PresentRows(TierRow?[] found)
    {
        var rows = new List<VersionedRow>(found.Length);
        foreach (var entry in found)
        {
            if (PresentRow(entry) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>The answer of a step back.</summary>
    public static PreviousVersion ToPrevious(TierRow? found)
        => found is { } row ? PreviousVersion.Of(ScanReader.ToVersionedRow(row)) : PreviousVersion.BeginningOfHistory;

    /// <summary>Whether a read returns a row.</summary>
    public static ValueTask<bool> IsPresentAsync(ValueTask<VersionedRow?> read)
    {
        return read.IsCompletedSuccessfully ? new ValueTask<bool>(read.Result is not null) : AwaitAsync(read);

        static async ValueTask<bool> AwaitAsync(ValueTask<VersionedRow?> read) => await read.ConfigureAwait(false) is not null;
    }

    /// <summary>The row of a read.</summary>
    public static ValueTask<VersionedRow?> ToRowAsync(ValueTask<TierRow?> read)
    {
        return read.IsCompletedSuccessfully ? new ValueTask<VersionedRow?>(PresentRow(read.Result)) : AwaitAsync(read);

        static async ValueTask<VersionedRow?> AwaitAsync(ValueTask<TierRow?> read) => PresentRow(await read.ConfigureAwait(false));
    }
}
