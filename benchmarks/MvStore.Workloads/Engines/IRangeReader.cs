using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>A reader of an ordered engine.</summary>
public interface IRangeReader : IWorkloadReader
{
    /// <summary>Reads the first rows of the range that begins at a key, in key order; or all, if there is no key.</summary>
    void Scan(RangeRequest request, ref RowFold fold);
}
