namespace MvStore.Sqlite.Writing;

/// <summary>
/// Knows, once a walk through all old rows has come to its end, how many of them can go at most, so that a run that may leave some need not look (I66). After an opening, and after a write or a step that
/// failed, nothing is known until the next walk. Belongs to the connection that writes, one call at a time.
/// </summary>
/// <param name="few">So few rows are walked through whenever one of them can go.</param>
internal sealed class StoredGarbage(int few)
{
    private GarbageTally? _known; // of the last walk that came to its end; null when nothing is known
    private GarbageTally? _next;  // of the walk under way; null when there is none, or it cannot be counted
    private RetentionRule? _rule; // of the walk under way
    private ReadOnlyMemory<byte>? _reached; // the last key that it has passed

    /// <summary>Whether a walk is to be made by a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="share">How much may stay, as a share of the rows; 0 for nothing.</param>
    public bool IsWorthAWalk(RetentionRule rule, double share)
        => share <= 0 || DueBy(rule) is not { } due || (due > 0 && (_known!.Rows <= few || due >= _known.Rows * share));

    /// <summary>How many rows a rule lets go at most (I66); null if nobody knows.</summary>
    public long? DueBy(RetentionRule rule) => _known?.DueBy(rule);

    /// <summary>How many rows a walk would step over; null if nobody knows.</summary>
    public long? Rows => _known?.Rows;

    /// <summary>Begins a step of reclamation.</summary>
    /// <returns>Where to count what it leaves; null if it is not to be counted.</returns>
    public GarbageTally? BeginStep(TierReclaimStep step)
    {
        if (step.Keys is not null)
        {
            return null;
        }

        if (step.After is not { } after)
        {
            EndWalk();
            _rule = step.Rule;
            _next = new GarbageTally(step.Rule);
        }
        else if (_rule is not null && !(ReferenceEquals(step.Rule, _rule) && _reached is { } reached && reached.Span.SequenceEqual(after.Span)))
        {
            Forget(); // not where the last one ended
        }

        return _next;
    }

    /// <summary>Ends a step that is durable.</summary>
    /// <param name="step">The step.</param>
    /// <param name="next">The last key it has done; null if it came to the end.</param>
    /// <param name="reclaimed">How many rows are gone.</param>
    public void EndStep(TierReclaimStep step, ReadOnlyMemory<byte>? next, long reclaimed)
    {
        _known?.Remove(reclaimed);
        if (step.Keys is not null)
        {
            return;
        }

        if (next is not null)
        {
            _reached = next;
        }
        else if (_next is not null)
        {
            _known = _next;
            EndWalk();
        }
    }

    /// <summary>A write or a step failed: what it counted need not be so.</summary>
    public void Forget()
    {
        _known = null;
        EndWalk();
    }

    /// <summary>Counts an entry that is written: also for a walk under way, if that has passed its key.</summary>
    /// <param name="row">The entry.</param>
    /// <param name="letsNothingGo">Whether it will let go of nothing that is there: its key had none before, or it takes the place of one that goes at once.</param>
    /// <param name="isNewest">Whether it is the newest of its key now.</param>
    /// <param name="replacesDeletion">Whether that was a deletion before.</param>
    public void Add(in TierRow row, bool letsNothingGo, bool isNewest, bool replacesDeletion)
    {
        _known?.AddWritten(row, letsNothingGo, isNewest, replacesDeletion);
        if (_reached is { } reached && row.Key.Span.SequenceCompareTo(reached.Span) <= 0)
        {
            _next?.AddWritten(row, letsNothingGo, isNewest, replacesDeletion);
        }
    }

    private void EndWalk()
    {
        _next = null;
        _rule = null;
        _reached = null;
    }
}
