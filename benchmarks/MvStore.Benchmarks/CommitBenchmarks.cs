using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>Commits of one, four and a hundred sets on random existing keys, one thread.</summary>
[MemoryDiagnoser]
public class CommitBenchmarks
{
    private const int KeyCount = 100_000;
    private const int MostSets = 100;

    private readonly byte[][] _keys = SampleData.Keys(KeyCount, seed: 1);
    private readonly byte[] _value = SampleData.Value(seed: 2);
    private readonly WriteBatch _batch = new(MostSets);
    private IMultiVersionStore _store = null!;
    private ulong _version;
    private int _next;

    /// <summary>How many sets.</summary>
    [Params(1, 4, MostSets)]
    public int Sets { get; set; }

    /// <summary>Loads the keys. What is replaced is reclaimed, or memory would grow with the length of the run.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _store = await new MvStoreBuilder()
            .Configure(options => (options.GarbageCollection.RetainVersions, options.GarbageCollection.Interval) = (0, TimeSpan.FromSeconds(1)))
            .OpenAsync();
        foreach (var key in _keys)
        {
            await _store.CommitAsync(new WriteBatch(1).Set(key, _value), ++_version);
        }
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    [Benchmark]
    public ValueTask<CommitReceipt> Commit()
    {
        _batch.Clear();
        for (var i = 0; i < Sets; i++)
        {
            _next = (_next + 1) % KeyCount;
            _batch.Set(_keys[_next], _value);
        }

        return _store.CommitAsync(_batch, ++_version);
    }
}
