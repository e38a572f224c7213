using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Sqlite;

/// <summary>Commits to SQLite.</summary>
internal sealed class SqliteWriter(SqliteCommitter committer) : IWorkloadWriter
{
    public void Commit(RowBatch rows, ulong version) => committer.Commit(rows, version);

    public void Dispose()
    {
        // The connection belongs to all writers.
    }
}
