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

    /// <summary>Whether there can be anything to reclaim.</summary>
    public bool IsDue(FloorSet floors, IReadOnlyList<OpenPin> pins, RetentionPlan plan)
        => floors.Highest > CommitVersion.Zero && (_sweptTo != floors.Generation || !_pins.IsSubsetOf(pins) || KeepsLess(plan));

    /// <summary>
    /// The keys that can have something to reclaim, ascending; null for every key. While no kind has a floor, only dropped keys have, and of those the
    /// ones whose floor rose since the last run that was through with everything.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Keys(FloorSet floors)
        => floors.CoversKinds ? null : [.. floors.ByKey.RaisedAfter(_clearedTo).Select(f => f.Key)];

    /// <summary>Takes note of a run that was completed.</summary>
    public void Complete(FloorSet floors, IReadOnlyCollection<OpenPin> pins, RetentionPlan plan)
    {
        _kept = plan;
        _sweptTo = floors.Generation;
        _pins.Clear();
        _pins.UnionWith(pins);
        if (pins.Count == 0)
        {
            _clearedTo = floors.Generation;
        }
    }

    private bool KeepsLess(RetentionPlan plan)
        => _kept is { } before
            && (KeepsLess(plan, plan.Default, before, before.Default)
                || plan.ByKind.Keys.Union(before.ByKind.Keys).Any(kind => KeepsLess(plan, plan.Of(kind), before, before.Of(kind))));

    private static bool KeepsLess(RetentionPlan plan, Retention now, RetentionPlan planBefore, Retention before)
        => now.PerKey < before.PerKey
            || (plan.ReclaimsDeletedKeys && !now.KeepsDeletedKeys && (!planBefore.ReclaimsDeletedKeys || before.KeepsDeletedKeys));
}
