using FASTER.core;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Faster;

/// <summary>Writes to FASTER, row by row, with a session of its own.</summary>
internal sealed class FasterWriter<TFunctions>(
    ClientSession<FixedKey, FixedValue, FixedValue, FixedValue, Empty, TFunctions> session) : IWorkloadWriter
    where TFunctions : IFunctions<FixedKey, FixedValue, FixedValue, FixedValue, Empty>
{
    public void Commit(RowBatch rows, ulong version)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var key = FixedKey.Of(rows.Key(row));
            var value = FixedValue.Of(rows.Value(row));
            session.Upsert(ref key, ref value);
        }
    }

    public void Dispose() => session.Dispose();
}
