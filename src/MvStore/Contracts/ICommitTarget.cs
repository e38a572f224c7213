namespace MvStore.Contracts;

/// <summary>Where a commit's entries go: the buffer, seen from the committer. Any thread; never waits.</summary>
internal interface ICommitTarget
{
    /// <summary>
    /// Links a copy of every entry into its chain, invisible until the commit's sequence is published (I2). If the commit keeps its rows, it is told where
    /// each entry lies.
    /// </summary>
    /// <param name="commit">A commit in flight.</param>
    /// <param name="fresh">Whether its version was above all published ones when it began.</param>
    void Link(PreparedCommit commit, bool fresh);

    /// <summary>Takes out again whatever of a commit was linked. Only while the commit is in flight.</summary>
    void Unlink(PreparedCommit commit);
}
