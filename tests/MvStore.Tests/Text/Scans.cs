namespace MvStore.Tests.Text;

/// <summary>Scans to their end, as a stream and page by page.</summary>
internal static class Scans
{
    private const int MostPages = 1_000_000;

    public static async Task<List<VersionedRow>> ToListAsync(IAsyncEnumerable<VersionedRow> rows)
    {
        var list = new List<VersionedRow>();
        await foreach (var row in rows)
        {
            list.Add(row);
        }

        return list;
    }

    /// <summary>The rows of a scan as one line of text.</summary>
    public static async Task<string> ShowAsync(IAsyncEnumerable<VersionedRow> rows) => AnswerText.Of(await ToListAsync(rows));

    /// <summary>All rows of a paged scan. Each page holds to its size, and the scan ends.</summary>
    /// <param name="read">Reads the page behind a token.</param>
    /// <param name="size">The most rows of a page.</param>
    /// <param name="afterPage">Runs between two pages, with the number of pages read so far.</param>
    public static async Task<List<VersionedRow>> PagesAsync(
        Func<PageToken?, ValueTask<ScanPage>> read, int size, Func<int, Task>? afterPage = null)
    {
        var rows = new List<VersionedRow>();
        PageToken? next = null;
        for (var pages = 1; pages < MostPages; pages++)
        {
            var page = await read(next);
            page.Rows.Count.Should().BeLessThanOrEqualTo(size);
            rows.AddRange(page.Rows);
            if (page.Next is null)
            {
                return rows;
            }

            next = page.Next;
            if (afterPage is not null)
            {
                await afterPage(pages);
            }
        }

        throw new InvalidOperationException("The scan has no end.");
    }

    /// <summary>All rows of a paged scan of the store.</summary>
    public static Task<List<VersionedRow>> PagesAsync(
        IMultiVersionStore store, KeyRange range, ReadScope scope, int size, ScanDirection direction, Func<int, Task>? afterPage = null)
        => PagesAsync(token => store.ScanPageAsync(range, scope, size, direction, token), size, afterPage);

    /// <summary>All rows of a paged scan of a snapshot.</summary>
    public static Task<List<VersionedRow>> PagesAsync(
        ISnapshot snapshot,
        KeyRange range,
        int size,
        ScanDirection direction,
        CommitVersion after = default,
        Func<int, Task>? afterPage = null)
        => PagesAsync(token => snapshot.ScanPageAsync(range, size, direction, token, after), size, afterPage);
}
