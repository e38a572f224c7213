namespace MvStore.Reliability.Scripts;

/// <summary>What a script does next.</summary>
internal enum StepKind
{
    /// <summary>A commit that returns when it is visible.</summary>
    Commit,

    /// <summary>A commit that returns when it is on disk.</summary>
    CommitDurably,

    /// <summary>A commit that returns when it outlives the process; only with a commit log.</summary>
    CommitToLog,

    Flush,

    /// <summary>Everything durable leaves memory.</summary>
    Evict,

    /// <summary>Floors rise, and what nobody needs goes.</summary>
    Reclaim,

    /// <summary>A snapshot is opened, in place of the one before.</summary>
    Pin,

    Unpin,

    /// <summary>The store is closed and opened again.</summary>
    Reopen,
}
