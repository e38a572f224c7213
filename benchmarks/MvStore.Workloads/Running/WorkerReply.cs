namespace MvStore.Workloads.Running;

/// <summary>What came of it. One line of JSON.</summary>
/// <param name="Figures">The figures, or null if it failed.</param>
/// <param name="Error">Why it failed.</param>
public sealed record WorkerReply(Dictionary<string, double>? Figures, string? Error);
