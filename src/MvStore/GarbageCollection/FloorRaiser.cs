using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Raises the floors as far as everything allows: those of kinds as retention asks, those of dropped keys without regard to it. The order of its steps
/// is what makes it safe: no commit may begin below a new floor; the floor is durable; then it is published (I7). Belongs to the run of reclamation.
/// </summary>
internal sealed class FloorRaiser(
    IAdmission admission,
    FloorKeeper floors,
    IPersistentTier? tier,
    TierWrites tierWrites,
    IDurability? durability,
    RetentionPolicy retention,
    IKeyClassifier classifier)
{
    // Commits wait for as long as it takes to bring this many drops into force: a few milliseconds at most.
    private const int DropsAtOnce = 1_000;

    // Owner: the run of reclamation. What came into force, or lost its effect, and is not stored yet: kept when storing fails.
    private readonly List<KeyFloor> _unstored = [];

    /// <summary>Raises the floors. After a failure the next call goes on where this one stopped.</summary>
    /// <returns>What is to be kept, as the strategies said in this run.</returns>
    public async ValueTask<RetentionPlan> RunAsync(CancellationToken cancellationToken)
    {
        var plan = retention.Plan();
        var floorsBelow = retention.FloorsOf(plan);
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

        return plan;
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
        var needed = admitted.WithoutRedundant(classifier, _unstored);
        admission.Simplify(needed);
        if (tier is not null)
        {
            KeyFloor[] settled = [.. _unstored];
            await tierWrites.RunAsync(() => tier.RaiseFloorAsync(needed, settled, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        _unstored.Clear();
        floors.Publish(needed);
    }
}
