namespace MvStore.Workloads.Running;

/// <summary>An engine that failed in a workload.</summary>
/// <param name="Engine">Its id.</param>
/// <param name="Workload">The workload's id, or what was being prepared.</param>
/// <param name="Reason">Why.</param>
public sealed record Failure(string Engine, string Workload, string Reason);
