namespace MvStore.Workloads.Engines;

/// <summary>What an engine is opened with.</summary>
/// <param name="Directory">An empty folder of its own.</param>
/// <param name="KeepsHistory">Whether old versions are to be kept for readers that come later.</param>
public sealed record EngineSettings(string Directory, bool KeepsHistory = true);
