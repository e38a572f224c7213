using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// One run of reclamation (DESIGN.md 3, Reclamation). The order of its steps is what makes it safe: no commit may begin below the new
/// floor; the floor is durable; the floor is published; only then are the pins read; only then is anything removed (I7, I8). Between memory and the tier the floors
/// are published anew and the pins read again, where deleted keys go: so that nobody combines memory as it was before with the tier as it is afterwards (I22).
/// </summary>
internal sealed class Reclaimer(
    FloorRaiser raiser,
    FloorKeeper floors,
    IPinRegistry pins,
    IReclaimable buffer,
    IPersistentTier? tier,
    TierWrites tierWrites,
    IKeyClassifier classifier,
    int stepVersions,
    PinBudgets? budgets = null,
    ILeaseExpiry? leases = null,
    ForgettingNote? forgetting = null,
    VersionTimesKeeper? times = null)
{
    private readonly AsyncGate _runs = new();
    private readonly SweepPlan _plan = new();

    // Owner: the run. The pins that it keeps something for, in either tier.
    private readonly HashSet<OpenPin> _honoured = [];

    /// <summary>Raises the floor as far as retention and drops allow and removes what nobody needs, but for what the tier may leave.</summary>
    /// <param name="garbageShare">How much it may leave, as a share of what it would have to look at; 0 for nothing.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async ValueTask<ReclamationReport> RunAsync(double garbageShare, CancellationToken cancellationToken)
    {
        using var run = await _runs.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (leases is not null)
        {
            await leases.EndExpiredAsync(cancellationToken).ConfigureAwait(false);
        }

        var plan = await raiser.RunAsync(cancellationToken).ConfigureAwait(false);
        var set = floors.Stored;
        var open = pins.Current;
        var rule = RuleOf(set, open, plan);
        var done = default(TierReclaimed);
        if (_plan.IsDue(set, open, plan, isWhole: garbageShare <= 0))
        {
            if (plan.ReclaimsDeletedKeys && forgetting is not null)
            {
                await forgetting.SetAsync(cancellationToken).ConfigureAwait(false);
            }

            _honoured.Clear();
            _honoured.UnionWith(open);
            var memory = _plan.Keys(set) is { Count: 0 } ? new BufferReclaimed(0, 0, 0, IsComplete: true) : buffer.Reclaim(rule, cancellationToken);
            done = await SweepTierAsync(memory, rule, garbageShare, cancellationToken).ConfigureAwait(false);
            if (memory.IsComplete)
            {
                _plan.Complete(set, _honoured, plan, done.IsPutOff);
            }

            if (budgets is not null)
            {
                await budgets.EnforceAsync(new ReclamationOutlook(rule, open, IsDue: false), cancellationToken).ConfigureAwait(false);
            }
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

    /// <summary>Tells what a run that leaves nothing would go by now, and keeps runs from going on as long as somebody looks at it.</summary>
    /// <param name="look">Must not change what a run would find.</param>
    /// <param name="cancellationToken">Ends the wait for a run that goes on.</param>
    public async ValueTask<T> LookAheadAsync<T>(Func<ReclamationOutlook, ValueTask<T>> look, CancellationToken cancellationToken)
    {
        using var run = await _runs.EnterAsync(cancellationToken).ConfigureAwait(false);
        var (floorsThen, plan) = raiser.Foresee();
        OpenPin[] open = [.. pins.Current.Where(p => !p.IsLapsedLease)]; // a run ends those first
        var rule = new RetentionRule(floorsThen, open.Select(p => p.Pin), classifier, plan);
        return await look(new ReclamationOutlook(rule, open, _plan.IsDue(floorsThen, open, plan, isWhole: true))).ConfigureAwait(false);
    }

    private RetentionRule RuleOf(FloorSet set, IEnumerable<OpenPin> open, RetentionPlan plan)
        => new(set, open.Select(p => p.Pin), classifier, plan) { OnForgetting = floors.Forget };

    // Deleted keys stay in the tier for now if memory may still have what is older of them (I21).
    private RetentionRule RuleOfTier(RetentionRule ofMemory, bool isMemoryDone)
    {
        if (!ofMemory.Plan.ReclaimsDeletedKeys)
        {
            return ofMemory;
        }

        floors.Renew();
        var open = pins.Current;
        _honoured.UnionWith(open);
        return RuleOf(ofMemory.Floors, open, ofMemory.Plan.WithDeletedKeys(reclaimed: isMemoryDone));
    }

    private async ValueTask<TierReclaimed> SweepTierAsync(BufferReclaimed memory, RetentionRule ofMemory, double garbageShare, CancellationToken cancellationToken)
    {
        var total = new TierReclaimed(null, memory.ScannedVersions, memory.ReclaimedVersions, memory.ReclaimedBytes);
        var keys = _plan.Keys(ofMemory.Floors);
        if (tier is null || keys is { Count: 0 })
        {
            return total;
        }

        var rule = RuleOfTier(ofMemory, memory.IsComplete);
        ReadOnlyMemory<byte>? after = null;
        while (true)
        {
            var request = new TierReclaimStep(rule, after, stepVersions) { Keys = keys, GarbageShare = garbageShare };
            var step = await tierWrites.RunAsync(() => tier.ReclaimAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            total = new TierReclaimed(
                null,
                total.ScannedVersions + step.ScannedVersions,
                total.ReclaimedVersions + step.ReclaimedVersions,
                total.ReclaimedBytes + step.ReclaimedBytes)
            {
                IsPutOff = total.IsPutOff || step.IsPutOff,
            };
            if (step.IsPutOff && _plan.KeysWithoutWalk(ofMemory.Floors) is { Count: > 0 } dropped)
            {
                // Those at least, which no floor of a kind lets go.
                keys = dropped;
                after = null;
                continue;
            }

            if (step.Next is null)
            {
                return total;
            }

            after = step.Next;
        }
    }
}
