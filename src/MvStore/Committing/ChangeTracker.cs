namespace MvStore.Committing;

/// <summary>
/// Which publications are whole for a change feed, and what has to stay so (I48, I49): the last publication that a floor has passed, and the claims that no floor passes. Everything but <see cref="Reclaimed"/> and
/// <see cref="Tail"/> belongs to the sequencer's critical section.
/// </summary>
internal sealed class ChangeTracker
{
    // Owned by the sequencer's critical section.
    private readonly PublicationOrder _order = new();
    private readonly List<ChangeClaim> _claims = [];

    // Owner: the sequencer's critical section. Release store before a floor is in force, hence before anything is removed under it; readers acquire after they read entries.
    private ulong _reclaimed;

    /// <param name="recovered">What the persistent tier had. It does not say at which versions: any above the lowest floor.</param>
    /// <param name="restored">The claims that were in force all the time since they were made. Everything behind the first of them is whole; without any, only if there never was a floor.</param>
    /// <param name="memoryLimit">What the memory of the store is limited to.</param>
    public ChangeTracker(TierState recovered, IEnumerable<ChangeClaim> restored, long memoryLimit = long.MaxValue)
    {
        _claims.AddRange(restored);
        Tail = new ChangeTail(recovered.DurableSequence, memoryLimit);
        if (recovered.Floors.Highest > CommitVersion.Zero)
        {
            _reclaimed = _claims.Select(c => c.After).Append(recovered.DurableSequence).Min();
        }

        if (recovered.DurableSequence > 0)
        {
            _order.Add(recovered.Floors.Lowest.Value + 1, recovered.DurableSequence);
        }
    }

    /// <summary>Of publications up to here entries may have been removed. Any thread; to be asked after entries were read.</summary>
    public ulong Reclaimed => Volatile.Read(ref _reclaimed);

    /// <summary>The recent commits.</summary>
    public ChangeTail Tail { get; }

    /// <summary>The highest floor that leaves everything that is claimed above it.</summary>
    /// <param name="isForeseen">Whether to leave out what a run of reclamation would end before it raises floors.</param>
    public CommitVersion HighestFloor(bool isForeseen)
    {
        ulong? oldest = null;
        foreach (var claim in _claims)
        {
            if (!isForeseen || claim.Limit is not { IsReached: true })
            {
                oldest = Math.Min(oldest ?? ulong.MaxValue, claim.After);
            }
        }

        return oldest is { } after && _order.LowestAfter(after) is { } lowest ? lowest.Value - 1 : CommitVersion.Max;
    }

    /// <summary>Takes note of a commit that is through, in the order of publications, after readers can see it.</summary>
    public void End(InFlightCommit commit)
    {
        if (!commit.IsAborted)
        {
            _order.Add(commit.Version, commit.Sequence);
        }

        Tail.End(commit);
    }

    /// <summary>Takes note that floors rise, before they are in force.</summary>
    public void NoteRaised(FloorSet kinds, IReadOnlyList<KeyFloor> keys)
    {
        var highest = kinds.Highest;
        foreach (var key in keys)
        {
            highest = Math.Max(highest.Value, key.Version.Value);
        }

        var last = _order.LastAtOrBelow(highest);
        if (last > _reclaimed)
        {
            Volatile.Write(ref _reclaimed, last);
            _order.ForgetUpTo(last);
        }
    }

    /// <summary>Claims everything behind a publication; null if some of it may be gone.</summary>
    public ChangeClaim? Claim(ulong after)
    {
        if (after < _reclaimed)
        {
            return null;
        }

        var claim = new ChangeClaim(after);
        _claims.Add(claim);
        return claim;
    }

    /// <summary>Ends a claim.</summary>
    public void Release(ChangeClaim claim) => _claims.Remove(claim);

    /// <summary>Demands that everything behind a publication is whole.</summary>
    /// <exception cref="ChangesReclaimedException">It need not be.</exception>
    public void RequireWhole(ulong after)
    {
        var reclaimed = Reclaimed;
        if (after < reclaimed)
        {
            throw new ChangesReclaimedException(after, reclaimed);
        }
    }
}
