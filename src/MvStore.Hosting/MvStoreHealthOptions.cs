namespace MvStore.Hosting;

/// <summary>
/// Above which limits the health check calls a store degraded. Options under the store's name; read when the host starts. Null is no limit.
/// </summary>
public sealed class MvStoreHealthOptions
{
    /// <summary>
    /// How old the oldest commit may be that is not in the persistent tier. With a commit log it may be safe on disk nevertheless; above
    /// <see cref="CommitLogOptions.FlushAge"/>, or <see cref="FlushOptions.MaxAge"/> without a log, the tier does not keep up.
    /// </summary>
    /// <value>Default 1 minute. Not negative.</value>
    public TimeSpan? MaxUnflushedAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many published commits may not be on disk, neither in the commit log nor in the persistent tier. Leave it at null for a store in memory only.</summary>
    /// <value>Default null: any number, because that says little without the rate of commits. Not negative.</value>
    public long? MaxUndurableCommits { get; set; }

    /// <summary>How many commits may wait for room at the moment of the check. Those that are only slowed (<see cref="StallReason.Slowed"/>) do not count.</summary>
    /// <value>Default 0. Not negative.</value>
    public int? MaxWaitingCommits { get; set; } = 0;

    /// <summary>How long the oldest open snapshot may have been open: it keeps history from being reclaimed.</summary>
    /// <value>Default 1 hour. Not negative.</value>
    public TimeSpan? MaxSnapshotAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a lease may have been at its version; moving it on starts anew.</summary>
    /// <value>Default 1 day. Not negative.</value>
    public TimeSpan? MaxLeaseAge { get; set; } = TimeSpan.FromDays(1);
}
