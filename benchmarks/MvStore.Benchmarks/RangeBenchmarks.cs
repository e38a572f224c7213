using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>Ranges of a hundred neighbouring rows, one thread, from memory.</summary>
[MemoryDiagnoser]
public class RangeBenchmarks
{
    private const int KeyCount = 100_000;
    private const int RangeLength = 100;

    private readonly KeyRange[] _ranges = [.. Enumerable.Range(0, KeyCount / RangeLength).Select(RangeAt)];
    private IMultiVersionStore _store = null!;
    private int _next;

    [GlobalSetup]
    public async Task SetupAsync()
        => (_store, _) = await MemoryStore.FillAsync(SampleData.Keys(KeyCount, seed: 1), versionsPerKey: 1);

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    /// <summary>Rows where they lie.</summary>
    [Benchmark(OperationsPerInvoke = RangeLength, Baseline = true)]
    public Task<long> Forward() => Scans.SumAsync(_store.OpenScan(NextRange(), ReadScope.Latest));

    /// <summary>The same in descending order.</summary>
    [Benchmark(OperationsPerInvoke = RangeLength)]
    public Task<long> Reverse() => Scans.SumAsync(_store.OpenScan(NextRange(), ReadScope.Latest, ScanDirection.Reverse));

    /// <summary>Rows that the caller owns, as a stream.</summary>
    [Benchmark(OperationsPerInvoke = RangeLength)]
    public Task<long> Owned() => Scans.SumAsync(_store.ScanAsync(NextRange(), ReadScope.Latest));

    /// <summary>Rows that the caller owns, as one page.</summary>
    [Benchmark(OperationsPerInvoke = RangeLength)]
    public ValueTask<ScanPage> Page() => _store.ScanPageAsync(NextRange(), ReadScope.Latest, RangeLength);

    private static KeyRange RangeAt(int index)
        => KeyRange.Between(SampleData.Key((ulong)(index * RangeLength)), SampleData.Key((ulong)((index + 1) * RangeLength)));

    private KeyRange NextRange() => _ranges[_next = (_next + 1) % _ranges.Length];
}
