namespace MvStore.Tool;

/// <summary>What the process tells its caller. Part of the command's interface: printed by <c>--help</c>, never renumbered.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The answer is no: verification found a difference or damage, or what was asked for does not exist.</summary>
    Negative = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>The store could not be used: missing, in use, damaged, of another repository, or a limit was exceeded.</summary>
    Store = 3,

    /// <summary>Git could not be used: not installed, not a repository, no commits, missing objects.</summary>
    Git = 4,

    /// <summary>A defect in the command itself.</summary>
    Defect = 70,

    /// <summary>Interrupted.</summary>
    Cancelled = 130,
}
