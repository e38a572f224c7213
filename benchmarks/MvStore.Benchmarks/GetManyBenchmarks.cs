using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>Reads of a hundred random keys in one call, and key by key, one thread, from memory.</summary>
[MemoryDiagnoser]
public class GetManyBenchmarks
{
    private const int KeyCount = 100_000;
    private const int KeysPerCall = 100;

    private readonly ReadOnlyMemory<byte>[][] _calls =
    [
        .. SampleData.Keys(KeyCount, seed: 1).Chunk(KeysPerCall).Select(keys => keys.Select(key => new ReadOnlyMemory<byte>(key)).ToArray()),
    ];

    private IMultiVersionStore _store = null!;
    private int _next;

    [GlobalSetup]
    public async Task SetupAsync()
        => (_store, _) = await MemoryStore.FillAsync(SampleData.Keys(KeyCount, seed: 1), versionsPerKey: 1);

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    /// <summary>One call for all.</summary>
    [Benchmark(OperationsPerInvoke = KeysPerCall)]
    public ValueTask<IReadOnlyList<VersionedRow>> GetMany() => _store.GetManyAsync(NextCall(), CommitVersion.Latest);

    /// <summary>One call for each.</summary>
    [Benchmark(OperationsPerInvoke = KeysPerCall, Baseline = true)]
    public async Task<long> OneByOne()
    {
        var bytes = 0L;
        foreach (var key in NextCall())
        {
            bytes += (await _store.GetAsync(key.Span, CommitVersion.Latest)).GetValueOrDefault().Value.Length;
        }

        return bytes;
    }

    private ReadOnlyMemory<byte>[] NextCall() => _calls[_next = (_next + 1) % _calls.Length];
}
