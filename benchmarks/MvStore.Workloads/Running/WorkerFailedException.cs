namespace MvStore.Workloads.Running;

/// <summary>A worker could not do what it was asked for.</summary>
public sealed class WorkerFailedException(string message) : Exception(message);
