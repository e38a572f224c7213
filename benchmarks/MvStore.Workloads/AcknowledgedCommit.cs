using MvStore.Workloads.Data;

namespace MvStore.Workloads;

/// <summary>A commit that an engine said is durable.</summary>
internal readonly record struct AcknowledgedCommit(RowBatch Rows, ulong Version);
