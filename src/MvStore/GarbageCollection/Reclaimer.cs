using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// One run of reclamation (DESIGN.md 3, Reclamation). The order of its steps is what makes it safe: no commit may begin below the new
/// floor; the floor is durable; the floor is published; only then are the pins read; only then is anything removed (I7, I8).
/// </summary>
internal sealed class Reclaimer(
    IAdmission admission,
    FloorKeeper floors,
    IPinRegistry pins,
    IReclaimable buffer,
    IPersistentTier? tier,
    TierWrites tierWrites,
    IDurability? durability,
    RetentionPolicy retention,
    IKeyClassifier classifier,
    int stepVersions)
{
    private readonly AsyncGate _runs = new();

    /// <summary>Raises the floor as far as retention allows and removes what nobody needs.</summary>
    public async ValueTask<ReclamationReport> RunAsync(CancellationToken cancellationToken)
    {
        using var run = await _runs.EnterAsync(cancellationToken).ConfigureAwait(false);
        await RaiseFloorAsync(cancellationToken).ConfigureAwait(false);
        var rule = new RetentionRule(floors.Current.Set, pins.Current.Select(p => p.Pin), classifier);
        var done = buffer.Reclaim(rule, cancellationToken);
        if (tier is not null)
        {
            done = await ReclaimTierAsync(rule, done, cancellationToken).ConfigureAwait(false);
        }

        return new ReclamationReport(
            rule.Floors.Default,
            rule.Pins.Count,
            done.ScannedVersions,
            done.ReclaimedVersions,
            done.ReclaimedBytes);
    }

    private async ValueTask RaiseFloorAsync(CancellationToken cancellationToken)
    {
        var admitted = admission.Raise(() => durability?.Version ?? CommitVersion.Max, retention.FloorsBelow);
        if (ReferenceEquals(floors.Current.Set.RaisedTo(admitted), floors.Current.Set))
        {
            return;
        }

        if (tier is not null)
        {
            await tierWrites.RunAsync(() => tier.RaiseFloorAsync(admitted, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        floors.Publish(admitted);
    }

    private async ValueTask<TierReclaimed> ReclaimTierAsync(RetentionRule rule, TierReclaimed total, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? after = null;
        do
        {
            var request = new TierReclaimStep(rule, after, stepVersions);
            var step = await tierWrites.RunAsync(() => tier!.ReclaimAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            total = new TierReclaimed(
                null,
                total.ScannedVersions + step.ScannedVersions,
                total.ReclaimedVersions + step.ReclaimedVersions,
                total.ReclaimedBytes + step.ReclaimedBytes);
            after = step.Next;
        }
        while (after is not null);
        return total;
    }
}
