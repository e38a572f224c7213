using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Takes note of the commits that begin while a rollback works out what to write, and that could change it (I45): those that touch its range at or below its version. Every mutable member is
/// owned by the sequencer's critical section.
/// </summary>
/// <param name="range">The keys that are rolled back.</param>
/// <param name="target">The version they are rolled back to.</param>
/// <param name="version">The version of the rollback's commit.</param>
internal sealed class CommitWatch(KeyRange range, CommitVersion target, CommitVersion version)
{
    // Whether a commit at or below the target began since the watch was last begun. Owned by the sequencer's critical section.
    private bool _isTargetTouched;

    /// <summary>Whether a commit began, since the watch was last begun, that could change what is there at the rollback's version.</summary>
    public bool IsOvertaken { get; private set; }

    /// <summary>
    /// Whether a commit began, between the last two times that the watch was begun, that could change what is there at the target. Changes only when the watch is begun, so who
    /// begins it may read it afterwards.
    /// </summary>
    public bool IsTargetStale { get; private set; }

    /// <summary>Begins, or begins anew.</summary>
    public void Begin()
    {
        IsTargetStale = _isTargetTouched;
        _isTargetTouched = false;
        IsOvertaken = false;
    }

    /// <summary>Takes note of a commit that begins. Its keys are looked at only as long as that can tell something new.</summary>
    public void Note(PreparedCommit commit)
    {
        if (commit.Version > version || (IsOvertaken && (_isTargetTouched || commit.Version > target)) || !Touches(commit))
        {
            return;
        }

        IsOvertaken = true;
        _isTargetTouched |= commit.Version <= target;
    }

    private bool Touches(PreparedCommit commit)
    {
        foreach (ref readonly var item in commit.Items)
        {
            if (range.Contains(item.Key))
            {
                return true;
            }
        }

        return false;
    }
}
