using MvStore.Contracts;

namespace MvStore.Pacing;

/// <summary>The commits that wait at the gate, first come first served, and what commits waited for so far. Belongs to the gate's lock.</summary>
internal sealed class WaitingCommits(ICommitLimit[] limits, TimeProvider time)
{
    private readonly LinkedList<CommitWaiter> _waiters = new();
    private readonly StallCounter[] _stalls = [.. limits.Select(l => new StallCounter(l.Reason))]; // One for each limit.
    private readonly StallCounter _slowed = new(StallReason.Slowed);
    private bool _isStalling; // From the first that waits to the last.
    private long _stallingSince;

    /// <summary>Who has waited longest; null when nobody waits.</summary>
    public CommitWaiter? First => _waiters.First?.Value;

    /// <summary>What commits waited for so far.</summary>
    public IReadOnlyDictionary<StallReason, StallStatistics> Stalls => _stalls.Append(_slowed).ToDictionary(s => s.Reason, s => s.Current);

    /// <summary>Lets a commit wait behind the others.</summary>
    /// <param name="bytes">What it needs.</param>
    /// <param name="limit">The limit that has no room for it; negative when it waits for the others, or is slowed.</param>
    /// <param name="beginsStall">Whether it is the first that waits for room.</param>
    public CommitWaiter Add(long bytes, int limit, out bool beginsStall)
    {
        var stall = limit >= 0 ? _stalls[limit] : _waiters.Last?.Value.Stall ?? _slowed;
        var waiter = new CommitWaiter(bytes, stall, time.GetTimestamp());
        waiter.Place = _waiters.AddLast(waiter);
        stall.Begin();

        // To be slowed is nothing that ends, so it is not told.
        beginsStall = !_isStalling && stall != _slowed;
        _stallingSince = beginsStall ? waiter.Since : _stallingSince;
        _isStalling |= beginsStall;
        return waiter;
    }

    /// <summary>How long a commit has waited.</summary>
    public TimeSpan WaitOf(CommitWaiter waiter) => time.GetElapsedTime(waiter.Since);

    /// <summary>Takes a commit out; its task is the caller's to end.</summary>
    /// <returns>How long it waited.</returns>
    public TimeSpan Leave(CommitWaiter waiter)
    {
        _waiters.Remove(waiter.Place!);
        waiter.Place = null;
        var waited = WaitOf(waiter);
        waiter.Stall.End(waited);
        return waited;
    }

    /// <summary>Ends every wait with an exception of its own.</summary>
    public void EndAll(Func<Exception> reason)
    {
        while (First is { } first)
        {
            Leave(first);
            first.TrySetException(reason());
        }
    }

    /// <summary>Counts a commit that was refused for a limit.</summary>
    public void Refuse(int limit) => _stalls[limit].Refuse();

    /// <summary>Ends the stall when nobody waits any more.</summary>
    /// <returns>How long it lasted; null when there was none, or it goes on.</returns>
    public TimeSpan? EndStall()
    {
        if (!_isStalling || _waiters.Count > 0)
        {
            return null;
        }

        _isStalling = false;
        return time.GetElapsedTime(_stallingSince);
    }
}
