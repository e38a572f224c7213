using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Tells what a run of reclamation has to look at. Only three events leave something behind to reclaim: a floor rose, a pin closed, or less is to be kept of
/// each key, or of deleted ones. Nothing of the kind since the last run: nothing to do. Belongs to the run of reclamation.
/// </summary>
internal sealed class SweepPlan
{
    // All owned by the run of reclamation.
    private readonly HashSet<OpenPin> _pins = []; // open during the last run that was completed
    private RetentionPlan? _kept; // what was to be kept in that run
    private ulong? _sweptTo; // the generation of the floors in that run
    private ulong? _clearedTo; // the same, of the last run that no pin kept anything from
    private ulong? _walkedTo; // the same, of the last run that looked at every key of the tier
    private bool _isPutOff; // whether the tier put off its walk in the last run that was completed

    /// <summary>Whether there can be anything to reclaim.</summary>
    /// <param name="floors">The floors.</param>
    /// <param name="pins">What is open.</param>
    /// <param name="plan">What is to be kept.</param>
    /// <param name="isWhole">Whether everything is to go, also what the tier may leave for now.</param>
    public bool IsDue(FloorSet floors, IReadOnlyList<OpenPin> pins, RetentionPlan plan, bool isWhole)
        => floors.Highest > CommitVersion.Zero
            && (_sweptTo != floors.Generation || !_pins.IsSubsetOf(pins) || (_kept is { } before && plan.KeepsLessThan(before)) || (isWhole && _isPutOff));

    /// <summary>
    /// The keys that can have something to reclaim, ascending; null for every key. While no kind has a floor, only dropped keys have, and of those the
    /// ones whose floor rose since the last run that was through with everything.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Keys(FloorSet floors)
        => floors.CoversKinds ? null : [.. floors.ByKey.RaisedAfter(_clearedTo).Select(f => f.Key)];

    /// <summary>
    /// The keys that the tier has to be asked for although it has put off its walk, ascending: those whose own floor rose since it was walked through, or since a run that no pin kept anything from.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> KeysWithoutWalk(FloorSet floors)
        => [.. floors.ByKey.RaisedAfter(_walkedTo is { } walked && !(_clearedTo > walked) ? walked : _clearedTo).Select(f => f.Key)];

    /// <summary>Takes note of a run that was completed.</summary>
    /// <param name="floors">The floors.</param>
    /// <param name="pins">For whom something may have been kept.</param>
    /// <param name="plan">What was to be kept.</param>
    /// <param name="isPutOff">Whether the tier put off its walk.</param>
    public void Complete(FloorSet floors, IReadOnlyCollection<OpenPin> pins, RetentionPlan plan, bool isPutOff)
    {
        _kept = plan;
        _sweptTo = floors.Generation;
        _isPutOff = isPutOff;
        if (!isPutOff && floors.CoversKinds)
        {
            _walkedTo = floors.Generation;
        }

        _pins.Clear();
        _pins.UnionWith(pins);
        if (pins.Count == 0)
        {
            _clearedTo = floors.Generation;
        }
    }
}
