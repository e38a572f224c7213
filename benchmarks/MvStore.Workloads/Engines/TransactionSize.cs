using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>How many rows one transaction takes where engines are compared at the same size: what MvStore puts into one by default.</summary>
public static class TransactionSize
{
    /// <summary>Rows in a transaction that writes.</summary>
    public static int RowsWritten { get; } = RowsIn(new MvStoreOptions().Flush.MaxSliceBytes);

    /// <summary>Versions looked at in a transaction that reclaims.</summary>
    public static int VersionsReclaimed { get; } = new MvStoreOptions().Persistence.ReclaimStepVersions;

    // Whole commits, as a slice holds them.
    private static int RowsIn(long bytes)
        => (int)(bytes / (KeySpace.KeyLength + ValueDigest.ValueLength) / LoadedRows.RowsPerCommit) * LoadedRows.RowsPerCommit;
}
