namespace MvStore.Benchmarks;

/// <summary>Reads scans to their end.</summary>
internal static class Scans
{
    /// <summary>The bytes of all values; the scan is disposed.</summary>
    public static async Task<long> SumAsync(RowScan scan)
    {
        using (scan)
        {
            var bytes = 0L;
            while (await scan.ReadAsync())
            {
                foreach (var row in scan.Rows)
                {
                    bytes += row.Value.Length;
                }
            }

            return bytes;
        }
    }

    /// <summary>The bytes of all values.</summary>
    public static async Task<long> SumAsync(IAsyncEnumerable<VersionedRow> rows)
    {
        var bytes = 0L;
        await foreach (var row in rows)
        {
            bytes += row.Value.Length;
        }

        return bytes;
    }
}
