namespace MvStore.Tests.Text;

/// <summary>Scans that show rows where they lie, read to their end.</summary>
internal static class Portions
{
    private const int MostPortions = 1_000_000;

    /// <summary>All rows of a scan, copied; disposes it.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="betweenPortions">Runs before each portion is read, with the number of rows so far.</param>
    /// <param name="duringPortion">Runs in the middle of portions, behind each row, with the number of rows so far.</param>
    public static async Task<List<VersionedRow>> ToListAsync(
        RowScan scan, Func<int, Task>? betweenPortions = null, Action<int>? duringPortion = null)
    {
        using var disposed = scan;
        var rows = new List<VersionedRow>();
        for (var i = 0; i < MostPortions; i++)
        {
            if (betweenPortions is not null)
            {
                await betweenPortions(rows.Count);
            }

            if (!await scan.ReadAsync())
            {
                return rows;
            }

            Enumerate(scan, rows, duringPortion);
        }

        throw new InvalidOperationException("The scan has no end.");
    }

    /// <summary>Some rows of a scan, which is then abandoned in the middle of a portion; disposes it.</summary>
    public static async Task<List<VersionedRow>> TakeAsync(RowScan scan, int count)
    {
        using var disposed = scan;
        var rows = new List<VersionedRow>();
        while (rows.Count < count && await scan.ReadAsync())
        {
            foreach (var row in scan.Rows)
            {
                if (rows.Count == count)
                {
                    break;
                }

                rows.Add(row.ToRow());
            }
        }

        return rows;
    }

    /// <summary>The rows of a scan one by one: whatever happens between two of them happens between two portions, or when a portion was read.</summary>
    public static async IAsyncEnumerable<VersionedRow> EnumerateAsync(RowScan scan)
    {
        using var disposed = scan;
        var rows = new List<VersionedRow>();
        while (await scan.ReadAsync())
        {
            rows.Clear();
            Enumerate(scan, rows, null);
            foreach (var row in rows)
            {
                yield return row;
            }
        }
    }

    /// <summary>All rows of a scan as one line of text; disposes it.</summary>
    public static async Task<string> ShowAsync(RowScan scan) => AnswerText.Of(await ToListAsync(scan));

    private static void Enumerate(RowScan scan, List<VersionedRow> rows, Action<int>? afterRow)
    {
        foreach (var row in scan.Rows)
        {
            rows.Add(row.ToRow());
            afterRow?.Invoke(rows.Count);
        }
    }
}
