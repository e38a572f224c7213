namespace MvStore.Logging;

/// <summary>A commit read from the log.</summary>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Version">Its version.</param>
/// <param name="Batch">What it does. Until the next commit is read.</param>
internal readonly record struct LoggedCommit(ulong Sequence, CommitVersion Version, WriteBatch Batch);
