namespace MvStore.Benchmarks;

/// <summary>A memory-only store with every key at every version.</summary>
internal static class MemoryStore
{
    private const int RowsPerCommit = 100;

    /// <summary>Opens and fills a store; version v of the store writes every key once, in commits of 100.</summary>
    /// <returns>The store and the last version written.</returns>
    public static async Task<(IMultiVersionStore Store, ulong Last)> FillAsync(byte[][] keys, int versionsPerKey)
    {
        var store = await new MvStoreBuilder().OpenAsync();
        var version = 0UL;
        var value = SampleData.Value(seed: 1);
        for (var round = 0; round < versionsPerKey; round++)
        {
            foreach (var chunk in keys.Chunk(RowsPerCommit))
            {
                var batch = new WriteBatch(chunk.Length);
                foreach (var key in chunk)
                {
                    batch.Set(key, value);
                }

                await store.CommitAsync(batch, ++version);
            }
        }

        return (store, version);
    }
}
