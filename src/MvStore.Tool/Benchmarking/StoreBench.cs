using System.Buffers.Binary;

namespace MvStore.Tool.Benchmarking;

/// <summary>
/// A quick measurement of a store with the settings a host gets when it sets none. Keys have 16 bytes, values 100, and a commit changes one key: what a call costs, not what a disk can take
/// at most. Reads are of keys that are in memory. Used by one task.
/// </summary>
internal sealed class StoreBench(IMultiVersionStore store, SlicedClock clock)
{
    /// <summary>Keys there are.</summary>
    public const int Keys = 20_000;

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 16;

    /// <summary>Bytes of a value.</summary>
    public const int ValueBytes = 100;

    /// <summary>Callers that commit at the same time.</summary>
    public const int Callers = 8;

    private const int StepCalls = 64;
    private const int LoadedAtOnce = 1000;

    private readonly Random _random = new(Seed: 1);
    private readonly WriteBatch[] _batches = [.. Enumerable.Range(0, Callers).Select(static _ => new WriteBatch())];
    private readonly byte[] _key = new byte[KeyBytes];
    private readonly byte[] _value = new byte[ValueBytes];
    private ulong _version;

    /// <summary>Measures one thing after the other.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<BenchMeasurement>> RunAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return
        [
            await clock.MeasureAsync("gets", "keys", () => GetAsync(cancellationToken), cancellationToken),
            await clock.MeasureAsync("scan", "rows", () => ScanAsync(cancellationToken), cancellationToken),
            await clock.MeasureAsync("durable commits", "commits", () => CommitDurablyAsync(1, cancellationToken), cancellationToken),
            await clock.MeasureAsync($"durable commits, {Callers} callers", "commits", () => CommitDurablyAsync(Callers, cancellationToken), cancellationToken),
            await clock.MeasureAsync("commits", "commits", () => CommitAsync(cancellationToken), cancellationToken),
        ];
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        for (var first = 0; first < Keys; first += LoadedAtOnce)
        {
            var batch = _batches[0].Clear();
            for (var i = first; i < first + LoadedAtOnce; i++)
            {
                batch.Set(KeyOf(i), _value);
            }

            await store.CommitAsync(batch, ++_version, Durability.Buffered, cancellationToken);
        }

        await store.FlushAsync(cancellationToken);
    }

    private async Task<long> GetAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < StepCalls; i++)
        {
            if (await store.GetAsync(KeyOf(_random.Next(Keys)), CommitVersion.Latest, cancellationToken) is null)
            {
                throw new InvalidOperationException("A key that was committed is not there.");
            }
        }

        return StepCalls;
    }

    private async Task<long> ScanAsync(CancellationToken cancellationToken)
    {
        var rows = 0L;
        await foreach (var row in store.ScanAsync(KeyRange.All, ReadScope.Latest, cancellationToken: cancellationToken))
        {
            rows += row.Key.Length == KeyBytes ? 1 : 0;
        }

        return rows == Keys ? rows : throw new InvalidOperationException("A scan did not have every key that was committed.");
    }

    private async Task<long> CommitDurablyAsync(int callers, CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, callers).Select(i => CommitOneAsync(_batches[i], Durability.Durable, cancellationToken).AsTask()));
        return callers;
    }

    private async Task<long> CommitAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < StepCalls; i++)
        {
            await CommitOneAsync(_batches[0], Durability.Buffered, cancellationToken);
        }

        return StepCalls;
    }

    private ValueTask<CommitReceipt> CommitOneAsync(WriteBatch batch, Durability durability, CancellationToken cancellationToken)
    {
        batch.Clear();
        batch.Set(KeyOf(_random.Next(Keys)), _value);
        return store.CommitAsync(batch, ++_version, durability, cancellationToken);
    }

    private byte[] KeyOf(int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(_key, number);
        return _key;
    }
}
