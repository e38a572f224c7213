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

    /// <summary>Kinds of keys that keep another distance than <see cref="RetainVersions"/>; null keeps all their history.</summary>
    /// <value>Default empty.</value>
    public IDictionary<EntryKind, ulong?> RetainVersionsByKind { get; private init; } = new Dictionary<EntryKind, ulong?>();

    /// <summary>How often reclamation runs by itself. It has work to do when history is limited or keys are dropped; otherwise it costs nothing.</summary>
    /// <value>Default 10 seconds. Positive, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A copy that later changes do not reach.</summary>
    internal GarbageCollectionOptions Copy() => new()
    {
        RetainVersions = RetainVersions,
        RetainVersionsByKind = new Dictionary<EntryKind, ulong?>(RetainVersionsByKind),
        Interval = Interval,
    };
}
