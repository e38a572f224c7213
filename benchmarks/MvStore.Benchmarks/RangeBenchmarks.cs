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

    [Benchmark(OperationsPerInvoke = RangeLength)]
    public Task<long> Forward() => ScanAsync(ScanDirection.Forward);

    [Benchmark(OperationsPerInvoke = RangeLength)]
    public Task<long> Reverse() => ScanAsync(ScanDirection.Reverse);

    private static KeyRange RangeAt(int index)
        => KeyRange.Between(SampleData.Key((ulong)(index * RangeLength)), SampleData.Key((ulong)((index + 1) * RangeLength)));

    private async Task<long> ScanAsync(ScanDirection direction)
    {
        var bytes = 0L;
        _next = (_next + 1) % _ranges.Length;
        await foreach (var row in _store.ScanAsync(_ranges[_next], ReadScope.Latest, direction))
        {
            bytes += row.Value.Length;
        }

        return bytes;
    }
}
