namespace MvStore;

/// <summary>What commits had to wait for (contract D5). More reasons may be added: treat one that is not known here as a stall like any other.</summary>
public enum StallReason
{
    /// <summary>Memory: the hot tier, and what waits to be flushed, reached <see cref="BufferOptions.HardLimit"/>.</summary>
    Memory,

    /// <summary>
    /// The commit log: what the persistent tier did not take yet reached <see cref="CommitLogOptions.MaxBytes"/>. The limit that is named is less by the
    /// segment being written, which no flush can make free.
    /// </summary>
    Log,

    /// <summary>
    /// None yet: above the soft limit commits go on at a rate that falls with the room that is left, in proportion to their bytes, so that they seldom meet the hard limit. Such a
    /// wait takes some milliseconds. See <see cref="BufferOptions.SlowsCommits"/>.
    /// </summary>
    Slowed,
}
