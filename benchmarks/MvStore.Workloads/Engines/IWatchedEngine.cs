namespace MvStore.Workloads.Engines;

/// <summary>An engine that tells what it does to those who ask.</summary>
public interface IWatchedEngine : IWorkloadEngine
{
    /// <summary>Collects all measurements and activities that it offers, until it is disposed.</summary>
    IDisposable Collect();

    /// <summary>Reads every commit from now on as it comes, until it is disposed.</summary>
    IDisposable Follow();
}
