using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>The versions of one key, newest to oldest, from memory.</summary>
[MemoryDiagnoser]
public class HistoryBenchmarks
{
    private const int Versions = 1_000;

    private readonly byte[] _key = SampleData.Key(1);
    private IMultiVersionStore _store = null!;
    private ulong _before;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        (_store, var last) = await MemoryStore.FillAsync([_key], Versions);
        _before = last;
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    /// <summary>With a cursor, where they lie.</summary>
    [Benchmark(OperationsPerInvoke = Versions, Baseline = true)]
    public Task<long> Walk() => Scans.SumAsync(_store.OpenHistory(KeyRange.Exactly(_key), CommitVersion.Latest));

    /// <summary>With a cursor, owned.</summary>
    [Benchmark(OperationsPerInvoke = Versions)]
    public Task<long> OwnedWalk() => Scans.SumAsync(_store.HistoryAsync(KeyRange.Exactly(_key), CommitVersion.Latest));

    /// <summary>A call for each step.</summary>
    [Benchmark]
    public ValueTask<PreviousVersion> StepBack()
    {
        _before = _before <= 2 ? Versions : _before - 1;
        return _store.GetPreviousAsync(_key, _before);
    }
}
