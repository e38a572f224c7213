namespace MvStore;

/// <summary>How to read a change feed.</summary>
public sealed record ChangeReadOptions
{
    /// <summary>Whether changes have their new values; without, keys and kinds only.</summary>
    /// <value>Default true.</value>
    public bool IncludeValues { get; init; } = true;

    /// <summary>Whether changes have the values from before. Costs a read of each key, and fails where reclamation has passed: hold the changes (<see cref="IMultiVersionChanges.HoldChangesAsync"/>).</summary>
    /// <value>Default false.</value>
    public bool IncludeOldValues { get; init; }

    /// <summary>
    /// Whether to wait until a commit is durable before it is told. Then nothing is told that a crash can undo, so a position is never lost. Without, commits are told as soon as they
    /// are visible, and after a crash a position may be refused (<see cref="UnknownChangePositionException"/>). Waiting asks for a flush, or for a sync of the commit log.
    /// </summary>
    /// <value>Default false.</value>
    public bool DurableOnly { get; init; }

    /// <summary>
    /// Whether to go on with each new commit as it comes. Without, the stream ends behind what was published when reading began, or durable if <see cref="DurableOnly"/> is set, and waits for nothing.
    /// </summary>
    /// <value>Default true.</value>
    public bool Follow { get; init; } = true;

    /// <summary>
    /// The most bytes of changes, about, to hold at once while catching up from history; more are read in several passes over it. One commit is always held whole.
    /// </summary>
    /// <value>Default 16,777,216 (16 MiB). At least 1.</value>
    public long CatchUpBytes { get; init; } = 16 << 20;
}
