using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>Watches what could change a rollback while it is worked out (I45): commits that touch its range at or below its version.</summary>
/// <param name="range">The keys that are rolled back.</param>
/// <param name="target">The version they are rolled back to.</param>
/// <param name="version">The version of the rollback's commit.</param>
internal sealed class RollbackWatch(KeyRange range, CommitVersion target, CommitVersion version) : CommitWatch(Places)
{
    private const int AtVersion = 0;
    private const int AtTarget = 1;
    private const int Places = 2;

    /// <summary>Whether a commit began that could change what is there at the rollback's version.</summary>
    public override bool IsOvertaken => IsTouched(AtVersion);

    /// <summary>Whether a commit began that could change what is there at the target. Final once the watch was ended or replaced.</summary>
    public bool IsTargetTouched => IsTouched(AtTarget);

    /// <summary>Finds out what a commit touches. Its keys are looked at only as long as that can tell something new.</summary>
    public override ulong[]? Look(PreparedCommit commit)
    {
        ulong[]? touched = null;
        if (commit.Version > version || (IsOvertaken && (IsTargetTouched || commit.Version > target)) || !IsInRange(commit))
        {
            return touched;
        }

        Mark(ref touched, AtVersion);
        if (commit.Version <= target)
        {
            Mark(ref touched, AtTarget);
        }

        return touched;
    }

    private bool IsInRange(PreparedCommit commit)
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
