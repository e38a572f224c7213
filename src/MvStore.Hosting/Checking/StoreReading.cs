namespace MvStore.Hosting.Checking;

/// <summary>The figures of a store that its health follows from, read once. Immutable.</summary>
internal sealed class StoreReading
{
    private readonly DateTimeOffset _at;
    private readonly CommitVersion _visible;
    private readonly CommitVersion _durable;
    private readonly SnapshotInfo[] _snapshots;
    private readonly SnapshotInfo[] _leases;

    private StoreReading(IMultiVersionStore store, TimeProvider time)
    {
        _visible = store.VisibleVersion;
        _durable = store.DurableVersion;
        Statistics = store.GetStatistics();
        var pins = store.GetOpenSnapshots();
        _snapshots = [.. pins.Where(pin => !pin.IsLease)];
        _leases = [.. pins.Where(pin => pin.IsLease)];
        _at = time.GetUtcNow();
        OldestSnapshot = _snapshots.MinBy(pin => pin.OpenedAt);
        OldestLease = _leases.MinBy(pin => pin.OpenedAt);
    }

    /// <summary>What the store tells of itself.</summary>
    public StoreStatistics Statistics { get; }

    /// <summary>Published commits that are not on disk.</summary>
    public long UndurableCommits => (long)(Statistics.PublishedSequence - Math.Min(Statistics.PublishedSequence, Statistics.DurableSequence));

    /// <summary>Commits that wait for room, and are not merely slowed.</summary>
    public long WaitingCommits => Waiting.Sum(stall => (long)stall.Value.Waiting);

    /// <summary>What they wait for.</summary>
    public string WaitingFor => string.Join(", ", Waiting.Select(stall => stall.Key));

    /// <summary>The snapshot that was opened first; null without one.</summary>
    public SnapshotInfo? OldestSnapshot { get; }

    /// <summary>The lease that has been at its version longest; null without one.</summary>
    public SnapshotInfo? OldestLease { get; }

    private IEnumerable<KeyValuePair<StallReason, StallStatistics>> Waiting
        => Statistics.Stalls.Where(stall => stall.Key != StallReason.Slowed && stall.Value.Waiting > 0);

    /// <summary>Reads them.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public static StoreReading Of(IMultiVersionStore store, TimeProvider time) => new(store, time);

    /// <summary>How long a snapshot has been open; not negative, also if the time of day was set back.</summary>
    public TimeSpan AgeOf(SnapshotInfo pin) => _at > pin.OpenedAt ? _at - pin.OpenedAt : TimeSpan.Zero;

    /// <summary>The figures by name.</summary>
    public Dictionary<string, object> ToData() => new(StringComparer.Ordinal)
    {
        ["visibleVersion"] = _visible.Value,
        ["durableVersion"] = _durable.Value,
        ["publishedSequence"] = Statistics.PublishedSequence,
        ["durableSequence"] = Statistics.DurableSequence,
        ["undurableCommits"] = UndurableCommits,
        ["unflushedCommits"] = Statistics.UnflushedCommits,
        ["unflushedBytes"] = Statistics.UnflushedBytes,
        ["oldestUnflushedSeconds"] = Statistics.OldestUnflushedAge.TotalSeconds,
        ["logBytes"] = Statistics.LogBytes,
        ["memoryBytes"] = Statistics.MemoryBytes,
        ["memoryLimit"] = Statistics.MemoryLimit,
        ["waitingCommits"] = WaitingCommits,
        ["refusedCommits"] = Statistics.Stalls.Sum(stall => stall.Value.Refused),
        ["openSnapshots"] = _snapshots.Length,
        ["oldestSnapshotSeconds"] = OldestSnapshot is { } snapshot ? AgeOf(snapshot).TotalSeconds : 0,
        ["leases"] = _leases.Length,
        ["oldestLeaseSeconds"] = OldestLease is { } lease ? AgeOf(lease).TotalSeconds : 0,
    };
}
