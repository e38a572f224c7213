namespace MvStore;

/// <summary>How far opening has come with replaying a commit log.</summary>
/// <param name="Commits">Commits replayed so far.</param>
/// <param name="Rows">Rows and tombstones replayed so far.</param>
/// <param name="Sequence">The publication replayed last; 0 before the first.</param>
/// <param name="LastSequence">The publication that will be replayed last; the one the persistent tier holds when there is nothing to replay.</param>
public readonly record struct CommitLogProgress(long Commits, long Rows, ulong Sequence, ulong LastSequence);
