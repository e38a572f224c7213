using System.Text;
using MvStore.Sqlite;

namespace MvStore.AotSmoke;

/// <summary>What a host does on its first day, every kind of call once, over both tiers. Published trimmed and compiled ahead of time: a reflection or code generation that slipped in shows here.</summary>
internal static class Smoke
{
    /// <summary>All of it, in a folder that is gone afterwards.</summary>
    /// <exception cref="SmokeException">A call did not answer what it should.</exception>
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mvstore-aot-");
        try
        {
            var path = Path.Combine(folder.FullName, "smoke.db");
            await WriteAsync(path);
            await ReadAgainAsync(path);
            await HostSmoke.RunAsync(path);
            Console.WriteLine("written, reopened, read, hosted");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Fills a new store and reads what is in memory.</summary>
    private static async Task WriteAsync(string path)
    {
        await using var store = await OpenAsync(path);
        await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8).Set("b"u8, "1"u8), version: 10);
        using var snapshot = store.OpenSnapshot(CommitVersion.Latest, "smoke");
        await store.CommitAsync(new WriteBatch().Set("a"u8, "2"u8).Remove("b"u8), version: 20, Durability.Durable);

        Expect("1", await snapshot.GetAsync("a"u8));
        Expect("2", await store.GetAsync("a"u8, CommitVersion.Latest));
        Expect(null, await store.GetAsync("b"u8, CommitVersion.Latest));

        await store.CommitAsync(new WriteBatch().Set("c"u8, "3"u8), version: 30);
        await store.FlushAsync();
        store.Evict(0);
        Expect("1", await snapshot.GetAsync("b"u8));
        Expect("a=1 b=1", await TextOfAsync(snapshot.ScanAsync(KeyRange.All)));
    }

    /// <summary>Opens the store again: everything comes from disk.</summary>
    private static async Task ReadAgainAsync(string path)
    {
        await using var store = await OpenAsync(path);
        Expect("30", store.VisibleVersion.ToString());
        Expect("2", await store.GetAsync("a"u8, at: 25));
        Expect("a=1 b=1", await TextOfAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(15))));
        Expect("c=3 a=2", await TextOfAsync(store.ScanAsync(KeyRange.All, ReadScope.Latest, ScanDirection.Reverse)));
        Expect("a=2 a=1", await TextOfAsync(store.HistoryAsync(KeyRange.Exactly("a"u8), CommitVersion.Latest)));

        var step = await store.GetPreviousAsync("a"u8, before: 20);
        Expect("1", step.Row);
        var page = await store.ScanPageAsync(KeyRange.Prefix("c"u8), ReadScope.Latest, pageSize: 10);
        Expect("3", page.Rows[0]);

        var rolledBack = await store.RollBackAsync(target: 15, version: 40, durability: Durability.Durable);
        Expect("2", rolledBack.Totals.SetKeys.ToString("D", null));
        Expect("a=1 b=1", await TextOfAsync(store.ScanAsync(KeyRange.All, ReadScope.Latest)));

        await store.ReclaimAsync();
        var report = store.GetStatistics();
        Expect(report.PublishedSequence.ToString("D", null), report.DurableSequence.ToString("D", null));
    }

    private static ValueTask<IMultiVersionStore> OpenAsync(string path)
        => new MvStoreBuilder()
            .Configure(options => options.GarbageCollection.RetainVersions = 1_000)
            .UseSqlite(path)
            .OpenAsync();

    private static async Task<string> TextOfAsync(IAsyncEnumerable<VersionedRow> rows)
    {
        var text = new StringBuilder();
        await foreach (var row in rows)
        {
            text.Append(text.Length == 0 ? "" : " ").Append(TextOf(row.Key)).Append('=').Append(TextOf(row.Value));
        }

        return text.ToString();
    }

    private static string TextOf(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static void Expect(string? expected, VersionedRow? row) => Expect(expected, row is { } r ? TextOf(r.Value) : null);

    private static void Expect(string? expected, string? actual)
    {
        if (expected != actual)
        {
            throw new SmokeException($"Expected '{expected ?? "nothing"}', got '{actual ?? "nothing"}'.");
        }
    }
}
