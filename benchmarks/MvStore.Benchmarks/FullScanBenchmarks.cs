using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>All rows of a store with ten versions a key, one thread, from memory.</summary>
[MemoryDiagnoser]
public class FullScanBenchmarks
{
    private const int KeyCount = 100_000;
    private const int VersionsPerKey = 10;

    private IMultiVersionStore _store = null!;
    private CommitVersion _middle;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        (_store, var last) = await MemoryStore.FillAsync(SampleData.Keys(KeyCount, seed: 1), VersionsPerKey);
        _middle = last / 2;
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    /// <summary>The newest rows.</summary>
    [Benchmark(OperationsPerInvoke = KeyCount, Baseline = true)]
    public Task<long> Forward() => Scans.SumAsync(_store.OpenScan(KeyRange.All, ReadScope.Latest));

    /// <summary>The newest rows in descending order.</summary>
    [Benchmark(OperationsPerInvoke = KeyCount)]
    public Task<long> Reverse() => Scans.SumAsync(_store.OpenScan(KeyRange.All, ReadScope.Latest, ScanDirection.Reverse));

    /// <summary>The rows of a version in the middle.</summary>
    [Benchmark(OperationsPerInvoke = KeyCount)]
    public Task<long> AtOldVersion() => Scans.SumAsync(_store.OpenScan(KeyRange.All, ReadScope.AsOf(_middle)));

    /// <summary>Rows that the caller owns.</summary>
    [Benchmark(OperationsPerInvoke = KeyCount)]
    public Task<long> Owned() => Scans.SumAsync(_store.ScanAsync(KeyRange.All, ReadScope.Latest));
}
