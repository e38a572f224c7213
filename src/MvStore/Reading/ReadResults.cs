using System.Buffers;

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
    /// <param name="found">What was found.</param>
    /// <param name="mayHaveGone">Whether, where nothing was found, a deleted key may have gone with its history (I24).</param>
    public static PreviousVersion ToPrevious(TierRow? found, bool mayHaveGone)
        => found is { } row ? PreviousVersion.Of(ScanReader.ToVersionedRow(row))
            : mayHaveGone ? PreviousVersion.Reclaimed : PreviousVersion.BeginningOfHistory;

    /// <summary>Appends the value of a row to a writer.</summary>
    /// <returns>The version the row was written at, or null when there is none.</returns>
    public static ValueTask<CommitVersion?> WriteAsync(ValueTask<VersionedRow?> read, IBufferWriter<byte> destination)
    {
        return read.IsCompletedSuccessfully ? new ValueTask<CommitVersion?>(Write(read.Result, destination)) : AwaitAsync(read, destination);

        static async ValueTask<CommitVersion?> AwaitAsync(ValueTask<VersionedRow?> read, IBufferWriter<byte> destination)
            => Write(await read.ConfigureAwait(false), destination);

        static CommitVersion? Write(VersionedRow? found, IBufferWriter<byte> destination)
        {
            if (found is not { } row)
            {
                return null;
            }

            destination.Write(row.Value.Span);
            return row.Version;
        }
    }

    /// <summary>Appends the value of a row in memory to a writer.</summary>
    /// <param name="answer">What memory said.</param>
    /// <param name="row">The row; disposed here.</param>
    /// <param name="destination">The writer.</param>
    /// <returns>The version the row was written at, or null when there is none.</returns>
    public static CommitVersion? Write(MemoryAnswer answer, GuardedRow row, IBufferWriter<byte> destination)
    {
        using (row)
        {
            if (answer == MemoryAnswer.Absent)
            {
                return null;
            }

            row.CopyTo(destination);
            return row.Version;
        }
    }

    /// <summary>A copy of a row in memory.</summary>
    /// <param name="answer">What memory said.</param>
    /// <param name="row">The row; disposed here.</param>
    /// <returns>The copy, or null when there is no row.</returns>
    public static VersionedRow? Own(MemoryAnswer answer, GuardedRow row)
    {
        if (answer == MemoryAnswer.Absent)
        {
            return null;
        }

        using (row)
        {
            return row.ToRow();
        }
    }

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
