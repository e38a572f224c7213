using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Reading;

namespace MvStore;

/// <summary>The readers of a store, as its snapshots use them too.</summary>
internal sealed record StoreReaders(
    TieredReader Tiers,
    RangeReader Ranges,
    PointReader Points,
    ScanReader Scans,
    HistoryReader History,
    RowScans Rows,
    IKeyClassifier Classifier,
    StoreLifetime Lifetime)
{
    /// <summary>Puts them together.</summary>
    /// <param name="parts">What the builder collected.</param>
    /// <param name="buffer">Memory.</param>
    /// <param name="tier">Reads of the persistent tier; null without one.</param>
    /// <param name="aids">What makes those fewer.</param>
    /// <param name="publication">What is visible.</param>
    /// <param name="floors">From where on.</param>
    /// <param name="lifetime">Whether the store is open.</param>
    /// <param name="logger">Learns of scans that were forgotten.</param>
    public static StoreReaders Create(
        StoreParts parts,
        IBufferReader buffer,
        TierReads? tier,
        ReadAids aids,
        IPublicationSource publication,
        IFloorSource floors,
        StoreLifetime lifetime,
        ILogger logger)
    {
        var persistence = parts.Options.Persistence;
        var tiers = tier is null ? new TieredReader(buffer, tier) : new TieredReader(buffer, tier, aids.StoredKeys, aids.Rows);
        var ranges = new RangeReader(buffer, tiers, tier, persistence);
        var history = new HistoryReader(buffer, tiers, tier, publication, floors, parts.Classifier, persistence);
        var opening = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return new StoreReaders(
            tiers,
            ranges,
            new PointReader(tiers, publication, floors, parts.Classifier),
            new ScanReader(ranges, persistence, opening),
            history,
            new RowScans(buffer, tiers, ranges, history, persistence, logger),
            parts.Classifier,
            lifetime);
    }
}
