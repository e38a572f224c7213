using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using RocksDbSharp;

namespace MvStore.Comparisons.Rocks;

/// <summary>Commits to RocksDB.</summary>
internal sealed class RocksWriter(RocksDb store, WriteOptions options) : IWorkloadWriter
{
    private readonly RocksDbSharp.WriteBatch _batch = new();

    public void Commit(RowBatch rows, ulong version)
    {
        Span<byte> key = stackalloc byte[InvertedKey.Length];
        _batch.Clear();
        for (var row = 0; row < rows.Count; row++)
        {
            InvertedKey.Write(key, rows.Key(row), version);
            _batch.Put(key, rows.Value(row));
        }

        store.Write(_batch, options);
    }

    public void Dispose() => _batch.Dispose();
}
