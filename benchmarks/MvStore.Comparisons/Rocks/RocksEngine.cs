using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using RocksDbSharp;

namespace MvStore.Comparisons.Rocks;

/// <summary>RocksDB: a log-structured merge tree, here with everything in its memory table.</summary>
internal sealed class RocksEngine : IWorkloadEngine
{
    private const ulong MemoryTableBytes = 1UL << 30;
    private const ulong CacheBytes = 512UL << 20;
    private const int MemoryTables = 4;
    private const double PrefixBloomShare = 0.05;
    private const int BloomBitsPerKey = 10;

    private readonly RocksDb _store;
    private readonly WriteOptions _writing;

    private RocksEngine(EngineSettings settings)
    {
        _writing = new WriteOptions().SetSync(settings.Duty == EngineDuty.DurableCommits);
        var table = new BlockBasedTableOptions()
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false))
            .SetBlockCache(Cache.CreateLru(CacheBytes))
            .SetWholeKeyFiltering(false);
        var options = new DbOptions().SetCreateIfMissing(true);
        options.SetBlockBasedTableFactory(table);
        options.SetWriteBufferSize(MemoryTableBytes);
        options.SetMaxWriteBufferNumber(MemoryTables);
        options.SetCompression(Compression.No);
        options.SetPrefixExtractor(SliceTransform.CreateFixedPrefix(KeySpace.KeyLength));
        options.SetMemtablePrefixBloomSizeRatio(PrefixBloomShare);
        _store = RocksDb.Open(options, settings.Directory);
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "rocksdb",
        "RocksDB",
        "key + inverted version, 1 GB memory table with prefix bloom filter, no compression, log written but not synced, "
            + "an iterator for each read; W11: log synced by each write, or group of writes",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.Ranges | EngineTraits.Walks | EngineTraits.DurableCommits,
        settings => new RocksEngine(settings))
    {
        Version = PackageVersion.Of("RocksDB"),
    };

    public IWorkloadWriter OpenWriter() => new RocksWriter(_store, _writing);

    public IWorkloadReader OpenReader() => new RocksReader(_store);

    public void Dispose() => _store.Dispose();
}
