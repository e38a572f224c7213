namespace MvStore.Workloads.Running;

/// <summary>One run, asked of a worker. One line of JSON.</summary>
public sealed record WorkerRequest(string Workload, int Round, double Seconds);
