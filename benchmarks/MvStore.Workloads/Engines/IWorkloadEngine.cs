namespace MvStore.Workloads.Engines;

/// <summary>
/// One open store, empty when opened. The whole seam between workloads and engines; what only some engines can do is a further
/// interface, announced in <see cref="EngineTraits"/>.
/// </summary>
public interface IWorkloadEngine : IDisposable
{
    /// <summary>A writer for one thread.</summary>
    IWorkloadWriter OpenWriter();

    /// <summary>A reader for one thread.</summary>
    IWorkloadReader OpenReader();
}
