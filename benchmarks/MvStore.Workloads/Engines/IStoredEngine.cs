namespace MvStore.Workloads.Engines;

/// <summary>An engine that takes rows into memory and keeps them on disk.</summary>
public interface IStoredEngine : IWorkloadEngine
{
    /// <summary>Work on the rows in memory that is not part of moving them, such as sorting them ahead.</summary>
    void PrepareMove();

    /// <summary>Writes everything committed so far to disk, synced.</summary>
    void MoveToDisk();

    /// <summary>Drops from memory what is on disk.</summary>
    void LeaveMemory();

    /// <summary>Rows that are still, or again, answered from memory. What the engine caches of its file does not count.</summary>
    long RowsInMemory { get; }
}
