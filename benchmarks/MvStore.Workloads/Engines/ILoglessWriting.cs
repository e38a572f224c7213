namespace MvStore.Workloads.Engines;

/// <summary>An engine that can write a file in one piece, without a log to fall back on: what the disk and the file's structure allow.</summary>
public interface ILoglessWriting
{
    /// <summary>Writes the rows that were moved to disk once more, into a file of their own, in one transaction, synced at the end.</summary>
    void WriteWithoutLog();
}
