namespace MvStore.GarbageCollection;

/// <summary>Asks the strategies what is to be kept, and turns the highest possible floor into the floors that follow from it. Safe from any thread.</summary>
internal sealed class RetentionPolicy(
    GarbageCollectionOptions options,
    IReadOnlyList<IGarbageCollectionStrategy>? strategies = null,
    VersionTimes? times = null)
{
    private static readonly RowStrategy Rows = new();

    private readonly RetentionPlan _configured = options.ToPlan();
    private readonly bool _reclaimsDeletedKeys = options.ReclaimDeletedKeys;
    private readonly IReadOnlyList<IGarbageCollectionStrategy> _strategies = strategies ?? [];

    // Owner: who asked last, one run of reclamation at a time. Release store; the flusher acquires.
    private RetentionPlan? _latest = strategies is { Count: > 0 } ? null : options.ToPlan();

    /// <summary>Whether kinds of keys differ, or may once, in what they keep.</summary>
    public bool DistinguishesKinds => _configured.ByKind.Count > 0 || _strategies.Count > 0;

    /// <summary>What was to be kept when it was asked last, without asking strategies of the host; null while there are some and none was asked yet.</summary>
    public RetentionPlan? Latest => Volatile.Read(ref _latest);

    /// <summary>What is to be kept now.</summary>
    /// <exception cref="GarbageCollectionStrategyException">A strategy failed.</exception>
    public RetentionPlan Plan()
    {
        var plan = _configured;
        foreach (var strategy in _strategies)
        {
            RetentionPlan? next;
            try
            {
                next = strategy.Plan(plan);
            }
            catch (Exception e)
            {
                throw new GarbageCollectionStrategyException(strategy.GetType().Name, e);
            }

            plan = next ?? throw new GarbageCollectionStrategyException(strategy.GetType().Name, null);
        }

        // Not what it says of deleted keys: a slice always has the newest entry of each of its keys.
        Volatile.Write(ref _latest, plan);
        return _reclaimsDeletedKeys ? Rows.Plan(plan) : plan;
    }

    /// <summary>The floors of a plan, as a function of the highest possible floor. Times are those of this call.</summary>
    public Func<CommitVersion, FloorSet> FloorsOf(RetentionPlan plan)
    {
        var byDefault = Distance.Of(plan.Default, times);
        var byKind = plan.ByKind.Select(own => KeyValuePair.Create(own.Key, Distance.Of(own.Value, times))).ToArray();
        return highest => new FloorSet(byDefault.Below(highest), byKind.Select(own => KeyValuePair.Create(own.Key, own.Value.Below(highest))));
    }

    /// <summary>How far below the highest possible floor a floor stays: the larger of a distance in versions and a moment in the past.</summary>
    private readonly record struct Distance(ulong? Versions, CommitVersion? AtMost)
    {
        public static Distance Of(Retention retention, VersionTimes? times)
            => new(retention.Versions, AgeOf(retention) is { } age ? times?.VisibleBefore(age) ?? CommitVersion.Zero : null);

        public CommitVersion Below(CommitVersion highest)
        {
            if (Versions is null && AtMost is null)
            {
                return CommitVersion.Zero;
            }

            var distance = Versions ?? 0;
            var floor = highest.Value > distance ? highest.Value - distance : 0;
            return AtMost is { } moment ? Math.Min(floor, moment.Value) : floor;
        }

        // Where keys live for a time from their creation on, it has to be known for as long (I41). It limits nothing by itself.
        private static TimeSpan? AgeOf(Retention retention)
        {
            var isLimited = retention.Versions is not null || retention.Age is not null;
            return isLimited && retention.TimeToLive is { From: TimeToLiveStart.Creation, Duration: var life } && !(retention.Age >= life) ? life : retention.Age;
        }
    }
}
