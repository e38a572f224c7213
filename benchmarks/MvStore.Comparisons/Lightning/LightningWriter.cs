using LightningDB;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Lightning;

/// <summary>Commits to LMDB. A write transaction belongs to a thread, so threads take turns with a monitor of ours.</summary>
internal sealed class LightningWriter(LightningEnvironment environment, LightningDatabase database, Lock writing) : IWorkloadWriter
{
    public void Commit(RowBatch rows, ulong version)
    {
        Span<byte> key = stackalloc byte[InvertedKey.Length];
        lock (writing)
        {
            using var transaction = environment.BeginTransaction();
            for (var row = 0; row < rows.Count; row++)
            {
                InvertedKey.Write(key, rows.Key(row), version);
                transaction.Put(database, key, rows.Value(row)).ThrowOnError();
            }

            transaction.Commit().ThrowOnError();
        }
    }

    public void Dispose()
    {
        // Nothing of its own.
    }
}
