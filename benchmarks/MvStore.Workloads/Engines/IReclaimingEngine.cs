namespace MvStore.Workloads.Engines;

/// <summary>An engine that lets go of old versions when it is told to.</summary>
public interface IReclaimingEngine : IWorkloadEngine
{
    /// <summary>Removes all versions but the newest of each key.</summary>
    /// <param name="hidden">A version at or below which each key has none but hidden ones, for engines that cannot tell by themselves.</param>
    /// <returns>How many were removed.</returns>
    long Reclaim(ulong hidden);
}
