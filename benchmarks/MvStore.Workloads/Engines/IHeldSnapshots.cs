namespace MvStore.Workloads.Engines;

/// <summary>An engine that can hold its present state open.</summary>
public interface IHeldSnapshots
{
    /// <summary>Holds the state of this moment, whose newest version is given, until the engine is disposed.</summary>
    void Hold(ulong version);
}
