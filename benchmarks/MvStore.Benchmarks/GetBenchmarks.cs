using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace MvStore.Benchmarks;

/// <summary>Each form of reading one random key, one thread, from memory.</summary>
[MemoryDiagnoser]
public class GetBenchmarks
{
    private const int KeyCount = 100_000;
    private const int VersionsPerKey = 10;

    private readonly byte[][] _keys = SampleData.Keys(KeyCount, seed: 1);
    private readonly byte[] _absent = SampleData.Key(KeyCount * 2);
    private readonly byte[] _copy = new byte[SampleData.ValueLength];
    private readonly ArrayBufferWriter<byte> _writer = new(SampleData.ValueLength);
    private IMultiVersionStore _store = null!;
    private ISnapshot _old = null!;
    private CommitVersion _middle;
    private int _next;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        (_store, var last) = await MemoryStore.FillAsync(_keys, VersionsPerKey);
        _middle = last / 2;
        _old = _store.OpenSnapshot(_middle, "benchmark");
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _old.Dispose();
        await _store.DisposeAsync();
    }

    /// <summary>The row where it lies.</summary>
    [Benchmark(Baseline = true)]
    public int Guarded() => Guarded(NextKey(), CommitVersion.Latest);

    /// <summary>The row where it lies, at a version in the middle.</summary>
    [Benchmark]
    public int GuardedAtOldVersion() => Guarded(NextKey(), _middle);

    /// <summary>No row.</summary>
    [Benchmark]
    public int GuardedAbsent() => Guarded(_absent, CommitVersion.Latest);

    /// <summary>The value copied into memory of the caller's.</summary>
    [Benchmark]
    public bool CopiedIntoSpan()
    {
        _store.TryGet(NextKey(), CommitVersion.Latest, out var row);
        using (row)
        {
            return row.TryCopyTo(_copy);
        }
    }

    /// <summary>The value appended to a writer.</summary>
    [Benchmark]
    public ValueTask<CommitVersion?> CopiedIntoWriter()
    {
        _writer.ResetWrittenCount();
        return _store.CopyAsync(NextKey(), CommitVersion.Latest, _writer);
    }

    /// <summary>A row that the caller owns.</summary>
    [Benchmark]
    public ValueTask<VersionedRow?> Owned() => _store.GetAsync(NextKey(), CommitVersion.Latest);

    /// <summary>The same on a snapshot.</summary>
    [Benchmark]
    public ValueTask<VersionedRow?> OwnedAtOldSnapshot() => _old.GetAsync(NextKey());

    private int Guarded(ReadOnlySpan<byte> key, CommitVersion at)
    {
        var answer = _store.TryGet(key, at, out var row);
        using (row)
        {
            return answer == MemoryAnswer.Present ? row.Value.Length : 0;
        }
    }

    private byte[] NextKey() => _keys[_next = (_next + 1) % KeyCount];
}
