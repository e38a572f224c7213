using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Raises the floors as far as everything allows: those of kinds as retention asks, those of dropped keys without regard to it. In a run of reclamation the order
/// of its steps is what makes it safe: no commit may begin below a new floor; the floor is durable; then it is published (I7). Together with a slice
/// it is: no commit may begin below it; it is published; the pins are read; slice and floor become durable at once (I35 to I37). One at a time does either; whoever comes
/// second leaves the floors as they are.
/// </summary>
internal sealed class FloorRaiser(
    IAdmission admission,
    FloorKeeper floors,
    IPinRegistry pins,
    IPersistentTier? tier,
    TierWrites tierWrites,
    IDurability? durability,
    RetentionPolicy retention,
    IKeyClassifier classifier) : ISliceRetention
{
    // Commits wait for as long as it takes to bring this many drops into force: a few milliseconds at most.
    private const int DropsAtOnce = 1_000;

    // Owner: who raises floors. What came into force, or lost its effect, and is not stored yet: kept when storing fails.
    private readonly List<KeyFloor> _unstored = [];

    // 1 while somebody raises floors; with a slice, until it is durable. Compare-and-swap to take, release store to give back.
    private int _isTaken;

    // Owner: who opens the store, once. Release store; the flusher acquires.
    private bool _isWithSlices;

    /// <summary>From now on floors rise with slices too. Not before everything that a commit log has is published again.</summary>
    public void BeginWithSlices() => Volatile.Write(ref _isWithSlices, true);

    /// <summary>Raises the floors, unless they are rising with a slice just now. After a failure the next call goes on where this one stopped.</summary>
    /// <returns>What is to be kept, as the strategies said in this run.</returns>
    public async ValueTask<RetentionPlan> RunAsync(CancellationToken cancellationToken)
    {
        var plan = retention.Plan();
        if (TryTake())
        {
            try
            {
                await RaiseAsync(retention.FloorsOf(plan), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                GiveBack();
            }
        }

        return plan;
    }

    /// <inheritdoc/>
    public PreparedFloors? Prepare(Func<CommitVersion> durableOnceWritten)
    {
        if (!Volatile.Read(ref _isWithSlices) || retention.Latest is not { } plan || !TryTake())
        {
            return null;
        }

        var floorsBelow = retention.FloorsOf(plan);
        AdmissionRaise raise;
        do
        {
            raise = admission.Raise(durableOnceWritten, floorsBelow, DropsAtOnce);
            _unstored.AddRange(raise.Drops);
        }
        while (raise.Drops.Count == DropsAtOnce);

        if (raise.Floors.Generation <= floors.Current.Generation)
        {
            GiveBack();
            return null;
        }

        var needed = Simplify(raise.Floors);
        floors.Prepare(needed);
        return new PreparedFloors(needed, [.. _unstored], new RetentionRule(needed, pins.Current.Select(p => p.Pin), classifier, plan));
    }

    /// <inheritdoc/>
    public void Confirm(PreparedFloors prepared)
    {
        _unstored.Clear();
        floors.Publish(prepared.Floors);
        GiveBack();
    }

    private async ValueTask RaiseAsync(Func<CommitVersion, FloorSet> floorsBelow, CancellationToken cancellationToken)
    {
        AdmissionRaise raise;
        do
        {
            raise = admission.Raise(() => durability?.Version ?? CommitVersion.Max, floorsBelow, DropsAtOnce);
            _unstored.AddRange(raise.Drops);
            if (_unstored.Count > 0 || raise.Floors.Generation > floors.Current.Generation)
            {
                await BringIntoForceAsync(raise.Floors, cancellationToken).ConfigureAwait(false);
            }
        }
        while (raise.Drops.Count == DropsAtOnce);
    }

    /// <summary>The floors that the next run would leave in force, and what is to be kept. Changes nothing.</summary>
    public (FloorSet Floors, RetentionPlan Plan) Foresee()
    {
        var plan = retention.Plan();
        var admitted = admission.Foresee(() => durability?.Version ?? CommitVersion.Max, retention.FloorsOf(plan));
        var current = floors.Current;
        return (admitted.Generation > current.Generation ? admitted.WithoutRedundant(classifier, []) : current.Set, plan);
    }

    private async ValueTask BringIntoForceAsync(FloorSet admitted, CancellationToken cancellationToken)
    {
        var needed = Simplify(admitted);
        if (tier is not null)
        {
            KeyFloor[] settled = [.. _unstored];
            await tierWrites.RunAsync(() => tier.RaiseFloorAsync(needed, settled, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        _unstored.Clear();
        floors.Publish(needed);
    }

    private FloorSet Simplify(FloorSet admitted)
    {
        var needed = admitted.WithoutRedundant(classifier, _unstored);
        admission.Simplify(needed);
        return needed;
    }

    private bool TryTake() => Interlocked.CompareExchange(ref _isTaken, 1, 0) == 0;

    private void GiveBack() => Volatile.Write(ref _isTaken, 0);
}
