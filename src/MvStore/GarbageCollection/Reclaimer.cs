using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// One run of reclamation (DESIGN.md 3, Reclamation). The order of its steps is what makes it safe: no commit may begin below the new
/// floor; the floor is durable; the floor is published; only then are the pins read; only then is anything removed (I7, I8).
/// </summary>
internal sealed class Reclaimer(
    FloorRaiser raiser,
    IFloorSource floors,
    IPinRegistry pins,
    IReclaimable buffer,
    IPersistentTier? tier,
    TierWrites tierWrites,
    IKeyClassifier classifier,
    int stepVersions,
    VersionTimesKeeper? times = null)
{
    private readonly AsyncGate _runs = new();
    private readonly SweepPlan _plan = new();

    /// <summary>Raises the floor as far as retention and drops allow and removes what nobody needs.</summary>
    public async ValueTask<ReclamationReport> RunAsync(CancellationToken cancellationToken)
    {
        using var run = await _runs.EnterAsync(cancellationToken).ConfigureAwait(false);
        var plan = await raiser.RunAsync(cancellationToken).ConfigureAwait(false);
        var set = floors.Current.Set;
        var open = pins.Current;
        var rule = new RetentionRule(set, open.Select(p => p.Pin), classifier, plan);
        var done = default(TierReclaimed);
        if (_plan.IsDue(set, open, plan))
        {
            done = await SweepAsync(rule, cancellationToken).ConfigureAwait(false);
            _plan.Complete(set, open, plan);
        }

        if (times is not null)
        {
            await times.StoreIfDueAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ReclamationReport(
            rule.Floors.Default,
            rule.Pins.Count,
            done.ScannedVersions,
            done.ReclaimedVersions,
            done.ReclaimedBytes);
    }

    private async ValueTask<TierReclaimed> SweepAsync(RetentionRule rule, CancellationToken cancellationToken)
    {
        var keys = _plan.Keys(rule.Floors);
        if (keys is { Count: 0 })
        {
            return default;
        }

        var total = buffer.Reclaim(rule, cancellationToken);
        ReadOnlyMemory<byte>? after = null;
        while (tier is not null)
        {
            var request = new TierReclaimStep(rule, after, stepVersions) { Keys = keys };
            var step = await tierWrites.RunAsync(() => tier.ReclaimAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            total = new TierReclaimed(
                null,
                total.ScannedVersions + step.ScannedVersions,
                total.ReclaimedVersions + step.ReclaimedVersions,
                total.ReclaimedBytes + step.ReclaimedBytes);
            if (step.Next is null)
            {
                break;
            }

            after = step.Next;
        }

        return total;
    }
}
