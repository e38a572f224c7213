namespace MvStore.Workloads.Engines;

/// <summary>An engine with a log that is replayed when a store is opened that was not closed.</summary>
public interface ILoggingEngine : IWorkloadEngine
{
    /// <summary>Returns when everything committed so far is in the log, synced, and nothing is being written.</summary>
    void AwaitLog();
}
