namespace MvStore;

/// <summary>What commits had to wait for (contract D5). More reasons may be added: treat one that is not known here as a stall like any other.</summary>
public enum StallReason
{
    /// <summary>Memory: the hot tier, and what waits to be flushed, reached <see cref="BufferOptions.HardLimit"/>.</summary>
    Memory,

    /// <summary>
    /// None yet: above the soft limit commits go on at a rate that falls with the room that is left, in proportion to their bytes, so that they seldom meet the hard limit. Such a
    /// wait takes some milliseconds. See <see cref="BufferOptions.SlowsCommits"/>.
    /// </summary>
    Slowed,
}
