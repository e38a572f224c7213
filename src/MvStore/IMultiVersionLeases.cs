namespace MvStore;

/// <summary>
/// Leases: named, renewable claims to a view of the store, for consumers that come and go, such as change feeds. What a lease sees stays until it is closed or past its limit,
/// also while the store is closed and after a crash. They are listed among the open snapshots. May be called from any thread.
/// </summary>
public interface IMultiVersionLeases
{
    /// <summary>The leases within their limits, by name.</summary>
    /// <returns>A list of its own for each call.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    IReadOnlyList<LeaseInfo> GetLeases();

    /// <summary>Opens a lease, and returns when it, and everything it sees, is durable.</summary>
    /// <param name="name">Its name: 1 to 64 printable ASCII characters.</param>
    /// <param name="at">The version to see; <see cref="CommitVersion.Latest"/> for everything published at this moment.</param>
    /// <param name="duration">
    /// How long it lasts unless it is renewed. Positive. Measured by a monotonic clock as long as the store is open, and by the time of day across a reopening.
    /// </param>
    /// <param name="scope">The only keys it protects and that can be read under it; null for all.</param>
    /// <param name="cancellationToken">Gives up; the lease is then not open.</param>
    /// <returns>The lease.</returns>
    /// <exception cref="ArgumentException">The name is not allowed, or so many leases cannot be remembered (64 KiB in all, some 1,000 without long scopes).</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive.</exception>
    /// <exception cref="LeaseExistsException">There is one of that name.</exception>
    /// <exception cref="BelowFloorException">The version is below a floor of the keys it is to protect.</exception>
    /// <exception cref="DurabilityUnavailableException">The store cannot make anything durable.</exception>
    /// <exception cref="DurabilityWaitCanceledException">The wait for what it sees was cancelled.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not remember it.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<LeaseInfo> OpenLeaseAsync(
        string name,
        CommitVersion at,
        TimeSpan duration,
        KeyRange? scope = null,
        CancellationToken cancellationToken = default);

    /// <summary>Lets a lease last some time from now, durably; and moves it to another version, if one is given, so that a consumer lets go of what it is through with.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="duration">How long it lasts from now. Positive.</param>
    /// <param name="at">The version it is to see from now on; null for the one it sees.</param>
    /// <param name="cancellationToken">Gives up. Whether the lease was renewed is then seen in the list.</param>
    /// <returns>The lease as it is now.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive.</exception>
    /// <exception cref="LeaseNotFoundException">There is none, or it is past its limit.</exception>
    /// <exception cref="BelowFloorException">The version is below a floor of the keys it protects.</exception>
    /// <exception cref="DurabilityWaitCanceledException">The wait for what it is to see was cancelled.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not remember it; until it is renewed again or past its limit, the lease stays.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<LeaseInfo> RenewLeaseAsync(string name, TimeSpan duration, CommitVersion? at = null, CancellationToken cancellationToken = default);

    /// <summary>Closes a lease, durably. Snapshots opened under it stay open.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; the lease may be closed or not.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="PersistentTierException">The persistent tier could not forget it; the lease stays.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<bool> CloseLeaseAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a snapshot that sees what a lease sees, also one of an earlier run of the process. It ends with the lease's limit, which renewing moves on; stepping back from it
    /// may meet the end of what is kept earlier than under the snapshot of a single run.
    /// </summary>
    /// <param name="name">The name of the lease, which becomes the owner.</param>
    /// <returns>The snapshot. Dispose it; the lease stays.</returns>
    /// <exception cref="LeaseNotFoundException">There is none, or it is past its limit.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ISnapshot OpenLeaseSnapshot(string name);
}
