using MvStore.Comparisons.Dictionary;
using MvStore.Comparisons.Faster;
using MvStore.Comparisons.Lightning;
using MvStore.Comparisons.RawLog;
using MvStore.Comparisons.Rocks;
using MvStore.Comparisons.Sqlite;
using MvStore.Comparisons.Zone;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons;

/// <summary>The engines compared, in the order of the tables.</summary>
internal static class EngineCatalog
{
    public static IReadOnlyList<EngineDescriptor> All { get; } =
    [
        MvStoreEngine.Descriptor,
        MvStoreSqliteEngine.Descriptor,
        MvStoreSqliteEngine.Logged,
        MvStoreSqliteEngine.Unlogged,
        DictionaryEngine.Descriptor,
        LightningEngine.Descriptor,
        ZoneEngine.Descriptor,
        RocksEngine.Descriptor,
        SqliteEngine.Descriptor,
        FasterEngine.Descriptor,
        RawLogEngine.Descriptor,
    ];
}
