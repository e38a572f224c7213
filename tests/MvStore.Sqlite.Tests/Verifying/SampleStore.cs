namespace MvStore.Sqlite.Tests.Verifying;

/// <summary>A store with something in every table, over several pages.</summary>
internal static class SampleStore
{
    public const int Keys = 600;

    public static async Task<IReadOnlyList<TierRow>> MakeAsync(SqliteLocation location)
    {
        await using var tier = await location.OpenAsync(o => o.PageBytes = 4_096);
        TierRow[] first = [.. Enumerable.Range(0, Keys).Select(i => Rows.Set($"key{i:D4}", 5, 1, $"value of {i} {new string('x', i % 90)}"))];
        TierRow[] second = [.. Enumerable.Range(0, Keys).Where(i => i % 3 == 0).Select(i => Rows.Gone($"key{i:D4}", 9, 2))];
        var long1 = new TierRow(Rows.Key("long"), 7, 2, new byte[30_000]);
        await tier.ApplyAsync(new TierBatch(0, 1, 5, first), default);
        await tier.ApplyAsync(
            new TierBatch(1, 2, 9, [.. second, long1]) { Drops = [new(Rows.Key("key0001"), 6), new(Rows.Key("key0002"), 8)] },
            default);
        await tier.RaiseFloorAsync(
            new FloorSet(3, [new(EntryKind.Source(7), 2)], [new(Rows.Key("key0001"), 6)]),
            [new(Rows.Key("key0001"), 6)],
            default);
        await tier.SetNoteAsync("sample", new byte[] { 1, 2, 3 }, default);
        return [.. first, .. second, long1];
    }
}
