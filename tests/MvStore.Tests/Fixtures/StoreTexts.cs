namespace MvStore.Tests.Fixtures;

/// <summary>Reads and writes of stores in texts, so that a test reads like what it tests: <c>"a=1@10"</c> is the value 1 of key a, written at 10.</summary>
public static class StoreTexts
{
    /// <summary>Adds a value.</summary>
    public static WriteBatch Set(this WriteBatch batch, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Set(Bytes.Of(key), Bytes.Of(value));
    }

    /// <summary>Adds a silent deletion.</summary>
    public static WriteBatch Remove(this WriteBatch batch, string key)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Remove(Bytes.Of(key));
    }

    /// <summary>Commits one value, buffered.</summary>
    public static async Task<CommitReceipt> SetAsync(this IMultiVersionStore store, ulong version, string key, string value)
        => await store.CommitAsync(new WriteBatch().Set(key, value), version).Guarded();

    /// <summary>Commits one deletion, buffered.</summary>
    public static async Task<CommitReceipt> RemoveAsync(this IMultiVersionStore store, ulong version, string key)
        => await store.CommitAsync(new WriteBatch().Remove(key), version).Guarded();

    /// <summary>A row as <c>value@version</c>, or null.</summary>
    public static async Task<string?> ReadAsync(this IMultiVersionStore store, string key, CommitVersion at)
        => Show(await store.GetAsync(Bytes.Of(key), at).Guarded());

    /// <summary>What is visible now, as <c>value@version</c>, or null.</summary>
    public static Task<string?> ReadAsync(this IMultiVersionStore store, string key) => store.ReadAsync(key, CommitVersion.Latest);

    /// <summary>A row as <c>value@version</c>, or null.</summary>
    public static async Task<string?> ReadAsync(this ISnapshot snapshot, string key)
        => Show(await snapshot.GetAsync(Bytes.Of(key)).Guarded());

    /// <summary>The rows of everything at a version, as <c>key=value@version</c>.</summary>
    public static async Task<string[]> ScanAllAsync(this IMultiVersionStore store, CommitVersion at)
        => await ShowAllAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(at)));

    /// <summary>The rows of everything, as <c>key=value@version</c>.</summary>
    public static async Task<string[]> ScanAllAsync(this ISnapshot snapshot)
        => await ShowAllAsync(snapshot.ScanAsync(KeyRange.All));

    /// <summary>The history of everything, as <c>key=value@version</c> or <c>key=-@version</c> for a deletion.</summary>
    public static async Task<string[]> HistoryAllAsync(this IMultiVersionStore store)
        => await ShowAllAsync(store.HistoryAsync(KeyRange.All, CommitVersion.Latest));

    /// <summary>The history of everything a snapshot sees.</summary>
    public static async Task<string[]> HistoryAllAsync(this ISnapshot snapshot)
        => await ShowAllAsync(snapshot.HistoryAsync(KeyRange.All));

    /// <summary>The history of one key, as <c>value@version</c>.</summary>
    public static async Task<string[]> HistoryAsync(this IMultiVersionStore store, string key)
        => (await ShowAllAsync(store.HistoryAsync(KeyRange.Exactly(Bytes.Of(key)), CommitVersion.Latest)))
            .Select(row => row[(key.Length + 1)..])
            .ToArray();

    /// <summary>Rows as <c>key=value@version</c>.</summary>
    public static async Task<string[]> ShowAllAsync(IAsyncEnumerable<VersionedRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var texts = new List<string>();
        await foreach (var row in rows)
        {
            texts.Add(ShowWithKey(row));
        }

        return [.. texts];
    }

    /// <summary>A row as <c>key=value@version</c>.</summary>
    public static string ShowWithKey(VersionedRow row) => $"{Bytes.Text(row.Key)}={Show(row)}";

    /// <summary>A row as <c>value@version</c>, a deletion as <c>-@version</c>.</summary>
    public static string? Show(VersionedRow? row)
        => row is { } found ? $"{(found.IsTombstone ? "-" : Bytes.Text(found.Value))}@{found.Version}" : null;
}
