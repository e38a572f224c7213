using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Writes for one thread.</summary>
public interface IWorkloadWriter : IDisposable
{
    /// <summary>Sets all rows at one version. When it returns, readers that begin see them.</summary>
    /// <param name="rows">The rows. Not kept.</param>
    /// <param name="version">The version; may arrive a little out of order when several threads commit.</param>
    void Commit(RowBatch rows, ulong version);
}
