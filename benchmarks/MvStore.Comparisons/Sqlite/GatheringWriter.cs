using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Sqlite;

/// <summary>Keeps what is committed for later.</summary>
internal sealed class GatheringWriter(List<GatheredRow> gathered) : IWorkloadWriter
{
    public void Commit(RowBatch rows, ulong version)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            gathered.Add(new GatheredRow(FixedKey.Of(rows.Key(row)), version, rows.Value(row).ToArray()));
        }
    }

    public void Dispose()
    {
        // Nothing of its own.
    }
}
