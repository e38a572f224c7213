using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Commits to MvStore.</summary>
internal sealed class MvStoreWriter(IMultiVersionStore store, Durability durability = Durability.Buffered) : IWorkloadWriter
{
    private readonly WriteBatch _batch = new(LoadedRows.RowsPerCommit);

    public void Commit(RowBatch rows, ulong version)
    {
        _batch.Clear();
        for (var row = 0; row < rows.Count; row++)
        {
            _batch.Set(rows.Key(row), rows.Value(row));
        }

        Completion.Of(store.CommitAsync(_batch, version, durability));
    }

    public void Dispose()
    {
        // Nothing of its own.
    }
}
