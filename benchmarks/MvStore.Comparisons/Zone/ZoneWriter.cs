using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using ZoneTree;
using ZoneTree.Transactional;

namespace MvStore.Comparisons.Zone;

/// <summary>Commits to ZoneTree; again if another thread was faster.</summary>
internal sealed class ZoneWriter(ITransactionalZoneTree<FixedKey, byte[]> tree, bool isDurable) : IWorkloadWriter
{
    public void Commit(RowBatch rows, ulong version)
    {
        while (!TryCommit(rows))
        {
            // A write conflict: begin a new transaction.
        }
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    private bool TryCommit(RowBatch rows)
    {
        using var transaction = tree.BeginTransaction(TransactionIsolationLevel.Snapshot);
        for (var row = 0; row < rows.Count; row++)
        {
            transaction.Upsert(FixedKey.Of(rows.Key(row)), rows.Value(row).ToArray());
        }

        return isDurable ? transaction.TryCommitDurableAsync(CancellationToken.None).GetAwaiter().GetResult() : transaction.TryCommit();
    }
}
