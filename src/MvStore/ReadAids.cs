using MvStore.Caching;
using MvStore.Contracts;
using MvStore.Filtering;

namespace MvStore;

/// <summary>
/// What makes reads of the persistent tier fewer: the filter of stored keys and the cache of rows. Both follow the flusher and both take memory. In a store without a
/// tier they are empty and stay so.
/// </summary>
internal sealed class ReadAids : ISliceFollower, IReadMemory
{
    private const int PartForFilter = 16;
    private const long MostForFilter = 1L << 30;
    private const int PartForCache = 16;
    private const long MostForCache = 32L << 20;

    public ReadAids(StoreParts parts, TierState recovered, long memoryLimit)
    {
        var options = parts.Options.Persistence;
        var forFilter = options.MaxKeyFilterBytes ?? Math.Min(memoryLimit / PartForFilter, MostForFilter);
        var forCache = options.MaxReadCacheBytes ?? Math.Min(memoryLimit / PartForCache, MostForCache);
        StoredKeys = new StoredKeys(isTierEmpty: recovered.DurableSequence == 0, parts.Tier is null ? 0 : forFilter);
        Rows = new RowCache(recovered, parts.Tier is null ? 0 : forCache);
    }

    /// <summary>Which keys the tier may hold.</summary>
    public StoredKeys StoredKeys { get; }

    /// <summary>Rows that the tier answered with.</summary>
    public RowCache Rows { get; }

    /// <inheritdoc/>
    public long HeldBytes => StoredKeys.HeldBytes + Rows.HeldBytes;

    /// <inheritdoc/>
    public void Follow(TierBatch batch)
    {
        StoredKeys.Follow(batch);
        Rows.Follow(batch);
    }
}
