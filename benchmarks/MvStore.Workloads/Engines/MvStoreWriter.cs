using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Commits to MvStore.</summary>
internal sealed class MvStoreWriter(IMultiVersionStore store, Durability durability = Durability.Buffered) : IWorkloadWriter
{
    private readonly WriteBatch _batch = new(LoadedRows.RowsPerCommit);
    private ulong _lastSequence;

    public void Commit(RowBatch rows, ulong version)
    {
        _batch.Clear();
        for (var row = 0; row < rows.Count; row++)
        {
            _batch.Set(rows.Key(row), rows.Value(row));
        }

        _lastSequence = durability == Durability.Buffered
            ? Completion.Of(store.CommitAsync(_batch, version)).Sequence
            : store.Commit(_batch, version, durability).Sequence;
    }

    public void Dispose()
    {
        // What is not durable on the return of a durable commit hardly is a moment later.
        if (durability == Durability.Durable && store.GetStatistics().DurableSequence < _lastSequence)
        {
            throw new WrongAnswerException("a durable commit returned before it was durable");
        }
    }
}
