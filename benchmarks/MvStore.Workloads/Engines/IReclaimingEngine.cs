namespace MvStore.Workloads.Engines;

/// <summary>An engine that lets go of old versions when it is told to.</summary>
public interface IReclaimingEngine : IWorkloadEngine
{
    /// <summary>Removes all versions but the newest of each key.</summary>
    /// <returns>How many were removed.</returns>
    long Reclaim();
}
