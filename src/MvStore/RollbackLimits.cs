using MvStore.Contracts;

namespace MvStore;

/// <summary>What one commit may be at most, so that a rollback that is more ends before it has been worked out whole. Safe from any thread: none of it ever changes.</summary>
/// <param name="room">What commits may run out of.</param>
/// <param name="tier">What the persistent tier takes; null when there is none.</param>
internal sealed class RollbackLimits(IReadOnlyList<ICommitLimit> room, TierCapabilities? tier)
{
    /// <summary>The first limit that a commit is over.</summary>
    /// <returns>The failure, not thrown; null when it is within all.</returns>
    public RollbackTooLargeException? FindExceeded(in RollbackTotals totals)
    {
        var keys = totals.SetKeys + totals.RemovedKeys;
        var footprint = PreparedCommit.FootprintOf(totals.Bytes, keys);
        foreach (var limit in room)
        {
            if (footprint > limit.LimitBytes)
            {
                return new RollbackTooLargeException(NameOf(limit.Reason), footprint, limit.LimitBytes);
            }
        }

        return tier is null ? null
            : totals.Bytes > tier.MaxBatchBytes ? new RollbackTooLargeException("bytes of a slice of the persistent tier", totals.Bytes, tier.MaxBatchBytes)
            : keys > tier.MaxBatchRows ? new RollbackTooLargeException("keys of a slice of the persistent tier", keys, tier.MaxBatchRows)
            : null;
    }

    private static string NameOf(StallReason reason)
        => reason == StallReason.Log ? "CommitLog." + nameof(CommitLogOptions.MaxBytes) : "Buffer." + nameof(BufferOptions.HardLimit);
}
