namespace MvStore.Workloads.Engines;

/// <summary>An engine that is filled faster in a way that is not measured.</summary>
public interface IBulkLoad
{
    /// <summary>Commits until the returned object is disposed need not be commits of their own.</summary>
    IDisposable BeginBulkLoad();
}
