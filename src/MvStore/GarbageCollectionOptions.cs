namespace MvStore;

/// <summary>How much history is kept behind the visible version (contract E1).</summary>
public sealed class GarbageCollectionOptions
{
    /// <summary>
    /// How far below the visible version new reads may start, counted in version numbers. The floor follows at this distance; in a
    /// store with a persistent tier it also stays at or below the durable version. Null keeps all history.
    /// </summary>
    /// <value>Default null: the floor stays at 0.</value>
    public ulong? RetainVersions { get; set; }

    /// <summary>Kinds of keys that keep another distance than <see cref="RetainVersions"/>, and no age; null keeps all their history.</summary>
    /// <value>Default empty.</value>
    public IDictionary<EntryKind, ulong?> RetainVersionsByKind { get; private init; } = new Dictionary<EntryKind, ulong?>();

    /// <summary>
    /// For how long the state of a moment can be read after it. With <see cref="RetainVersions"/> the larger distance of the two counts. Times are
    /// remembered within about 3 % of their age, also across reopening; what a crash made the store forget of the last minute counts as committed at opening. The time for which a
    /// store is closed is told by the time of day.
    /// </summary>
    /// <value>Default null: no such distance. Not negative.</value>
    public TimeSpan? RetainAge { get; set; }

    /// <summary>
    /// How many versions of each key stay at or below the floor, the newest of them; see <see cref="Retention.PerKey"/>. It limits nothing by itself: to keep
    /// by count alone, set <see cref="RetainVersions"/> to 0.
    /// </summary>
    /// <value>Default 1. At least 1.</value>
    public int RetainPerKey { get; set; } = 1;

    /// <summary>Kinds of keys that keep something else altogether. Counts before <see cref="RetainVersionsByKind"/>.</summary>
    /// <value>Default empty.</value>
    public IDictionary<EntryKind, Retention> RetainByKind { get; private init; } = new Dictionary<EntryKind, Retention>();

    /// <summary>
    /// Whether deleted keys go for good (<see cref="RowStrategy"/>): otherwise of each a deletion stays for ever. Kinds may differ:
    /// <see cref="Retention.KeepsDeletedKeys"/>.
    /// </summary>
    /// <value>Default true.</value>
    public bool ReclaimDeletedKeys { get; set; } = true;

    /// <summary>
    /// How finely the store remembers when which version was visible (<see cref="IMultiVersionStore.VersionAt"/>): a version is timed at once if none was for so long, else at the end of
    /// it. Every version is timed if history is kept by age, or strategies are given.
    /// </summary>
    /// <value>Default 100 milliseconds. Zero times every version; <see cref="Timeout.InfiniteTimeSpan"/> none; at most 24 days.</value>
    public TimeSpan TimeResolution { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often reclamation runs by itself. It has work to do when history is limited or keys are dropped; otherwise it costs nothing.</summary>
    /// <value>Default 10 seconds. Positive, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How much of what a persistent tier keeps besides the newest version of each key may be garbage, as a share of it, before a run that reclamation makes by itself walks through it. So what is kept is walked through
    /// only when enough has become garbage to be worth it, and history that is held for long costs next to nothing, however often runs are made. A run that is asked for (<see cref="IMultiVersionMaintenance.ReclaimAsync"/>) leaves nothing. It
    /// counts for tiers that know how much can go, as the SQLite tier does from its first run on; others are walked through by each run that has something to do.
    /// </summary>
    /// <value>Default 0.1. 0 to 1; 0 leaves nothing.</value>
    public double MaxGarbageShare { get; set; } = 0.1;

    /// <summary>
    /// About how many keys a run looks at, at most, to find those whose time to live is over (<see cref="Retention.TimeToLive"/>); the next run goes on behind them. Keys without a time to live that
    /// lie between count as well.
    /// </summary>
    /// <value>Default 1,000,000. 1 to 1,000,000,000.</value>
    public int ExpiryKeysPerRun { get; set; } = 1_000_000;

    /// <summary>A copy that later changes do not reach.</summary>
    internal GarbageCollectionOptions Copy() => new()
    {
        RetainVersions = RetainVersions,
        RetainVersionsByKind = new Dictionary<EntryKind, ulong?>(RetainVersionsByKind),
        RetainAge = RetainAge,
        RetainPerKey = RetainPerKey,
        RetainByKind = new Dictionary<EntryKind, Retention>(RetainByKind),
        ReclaimDeletedKeys = ReclaimDeletedKeys,
        TimeResolution = TimeResolution,
        Interval = Interval,
        MaxGarbageShare = MaxGarbageShare,
        ExpiryKeysPerRun = ExpiryKeysPerRun,
    };

    /// <summary>The same as a plan.</summary>
    internal RetentionPlan ToPlan()
    {
        var byKind = RetainVersionsByKind.ToDictionary(own => own.Key, own => new Retention(own.Value, perKey: RetainPerKey));
        foreach (var (kind, retention) in RetainByKind)
        {
            byKind[kind] = retention;
        }

        return new RetentionPlan(new Retention(RetainVersions, RetainAge, RetainPerKey), byKind);
    }
}
