using FASTER.core;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Faster;

/// <summary>FASTER: a hash index over a log in memory. Points only.</summary>
internal sealed class FasterEngine : IWorkloadEngine
{
    private const long IndexBytes = 1L << 26;
    private const long MemoryBytes = 1L << 32;
    private const long PageBytes = 1L << 22;

    private readonly NullDevice _device = new();
    private readonly FasterKV<FixedKey, FixedValue> _store;

    private FasterEngine() => _store = new FasterKV<FixedKey, FixedValue>(new FasterKVSettings<FixedKey, FixedValue>(null)
    {
        LogDevice = _device,
        ObjectLogDevice = _device,
        IndexSize = IndexBytes,
        MemorySize = MemoryBytes,
        PageSize = PageBytes,
        EqualityComparer = new FixedKeyComparer(),
    });

    public static EngineDescriptor Descriptor { get; } = new(
        "faster",
        "FASTER",
        "FasterKV in memory, 64 MB index, 4 GB log, no device, updates in place; "
            + "no order, no versions, no atomic commits, keys and values of fixed size",
        EngineTraits.InMemory,
        _ => new FasterEngine())
    {
        Version = PackageVersion.Of("Microsoft.FASTER.Core"),
    };

    public IWorkloadWriter OpenWriter() => WriterWith(new SimpleFunctions<FixedKey, FixedValue>());

    public IWorkloadReader OpenReader() => ReaderWith(new SimpleFunctions<FixedKey, FixedValue>());

    public void Dispose()
    {
        _store.Dispose();
        _device.Dispose();
    }

    // Generic over the functions, so that the engine's calls of them are direct.
    private FasterWriter<TFunctions> WriterWith<TFunctions>(TFunctions functions)
        where TFunctions : IFunctions<FixedKey, FixedValue, FixedValue, FixedValue, Empty>
        => new(_store.For(functions).NewSession<TFunctions>());

    private FasterReader<TFunctions> ReaderWith<TFunctions>(TFunctions functions)
        where TFunctions : IFunctions<FixedKey, FixedValue, FixedValue, FixedValue, Empty>
        => new(_store.For(functions).NewSession<TFunctions>());

    private sealed class FixedKeyComparer : IFasterEqualityComparer<FixedKey>
    {
        public long GetHashCode64(ref FixedKey key) => (long)Workloads.Data.Mixing.Mix(key.Low);

        public bool Equals(ref FixedKey left, ref FixedKey right) => left == right;
    }
}
