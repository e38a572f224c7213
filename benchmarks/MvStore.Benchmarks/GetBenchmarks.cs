using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>Reads of one random key, one thread, from memory.</summary>
[MemoryDiagnoser]
public class GetBenchmarks
{
    private const int KeyCount = 100_000;
    private const int VersionsPerKey = 10;

    private readonly byte[][] _keys = SampleData.Keys(KeyCount, seed: 1);
    private readonly byte[] _absent = SampleData.Key(KeyCount * 2);
    private IMultiVersionStore _store = null!;
    private ISnapshot _old = null!;
    private int _next;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        (_store, var last) = await MemoryStore.FillAsync(_keys, VersionsPerKey);
        _old = _store.OpenSnapshot(last / 2, "benchmark");
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _old.Dispose();
        await _store.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public ValueTask<VersionedRow?> GetLatest() => _store.GetAsync(NextKey(), CommitVersion.Latest);

    [Benchmark]
    public ValueTask<VersionedRow?> GetAbsent() => _store.GetAsync(_absent, CommitVersion.Latest);

    [Benchmark]
    public ValueTask<VersionedRow?> GetAtOldSnapshot() => _old.GetAsync(NextKey());

    private byte[] NextKey() => _keys[_next = (_next + 1) % KeyCount];
}
