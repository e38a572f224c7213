namespace MvStore;

/// <summary>
/// The change feed: commits whole, in publication order, each exactly once, from any position whose changes are kept. May be called from any thread; one enumerator belongs to one caller at a time.
/// </summary>
public interface IMultiVersionChanges
{
    /// <summary>
    /// Every commit behind a position that changed a key, in publication order, and then each new one as it comes: the stream does not end by itself, unless <see cref="ChangeReadOptions.Follow"/> is off. When many come they are told some hundreds at once, about a millisecond later at most, as timers go; one that comes alone is told at once. Commits without changes, and what only drops history,
    /// are passed over. Memory is bounded however slow the consumer: new commits are taken from a ring of recent ones (<see cref="StoreStatistics.ChangeFeedBytes"/>) as long as it has them, and from history otherwise, which costs
    /// a pass over all kept versions. A consumer who wants to be sure that nothing is reclaimed before it was read holds it (<see cref="HoldChangesAsync"/>).
    /// </summary>
    /// <param name="after">The position to go on behind: of a commit that was dealt with, or of <see cref="GetChangeBoundsAsync"/>, or <see cref="ChangePosition.Beginning"/>.</param>
    /// <param name="options">What to read; null, the default, for new values of all commits as soon as they are visible.</param>
    /// <param name="cancellationToken">Ends the stream with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The commits.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="ChangeReadOptions.CatchUpBytes"/> is less than 1.</exception>
    /// <exception cref="ChangesReclaimedException">Thrown while enumerating: of the next commits some changes may be gone.</exception>
    /// <exception cref="UnknownChangePositionException">Thrown while enumerating: the position is not one of this store's, or no more.</exception>
    /// <exception cref="DurabilityUnavailableException">Thrown while enumerating: durable commits only were asked for, and there are none in this store.</exception>
    /// <exception cref="StoreFailedException">Thrown while enumerating: the store has stopped for writing, and durable commits were waited for, or the first position was to be told.</exception>
    /// <exception cref="PersistentTierException">Thrown while enumerating: the persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed; also thrown while enumerating.</exception>
    IAsyncEnumerable<ChangeCommit> ReadChangesAsync(ChangePosition after, ChangeReadOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Between which positions changes can be read now.</summary>
    /// <param name="cancellationToken">Gives up. The first call after an opening writes a note to the persistent tier.</param>
    /// <returns>The positions, of about one instant.</returns>
    /// <exception cref="StoreFailedException">The store has stopped for writing, and no position was told before.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not take the note.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<ChangeBounds> GetChangeBoundsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Holds all changes behind a position, old values included, until it is moved on, released or past its limit; also while the store is closed and after a crash. The same call opens a hold, moves it to what its
    /// consumer has dealt with, and renews it. No floor rises past what is held, so late commits stay possible there too. Returns when that is durable, as is everything before the position.
    /// After a reopening nothing is reclaimed until the holds have been moved behind what was there at the opening.
    /// </summary>
    /// <param name="name">Its name: 1 to 64 printable ASCII characters. Apart from the names of leases.</param>
    /// <param name="after">The position.</param>
    /// <param name="duration">How long it lasts unless it is renewed. Positive. Measured by a monotonic clock as long as the store is open, and by the time of day across a reopening.</param>
    /// <param name="cancellationToken">Gives up; a hold of that name stays as it was, or may be moved already.</param>
    /// <returns>The hold.</returns>
    /// <exception cref="ArgumentException">The name is not allowed, or there are too many holds to remember.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not positive.</exception>
    /// <exception cref="ChangesReclaimedException">Some of the changes may be gone already.</exception>
    /// <exception cref="UnknownChangePositionException">The position is not one of this store's, or no more.</exception>
    /// <exception cref="DurabilityUnavailableException">The store has no persistent tier that keeps what it takes.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<ChangeHold> HoldChangesAsync(string name, ChangePosition after, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Releases a hold: what only it kept may be reclaimed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; the hold may then be released or not.</param>
    /// <returns>Whether there was one within its limit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<bool> ReleaseChangesAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The holds within their limits, by name.</summary>
    /// <returns>A list of its own for each call.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    IReadOnlyList<ChangeHold> GetChangeHolds();
}
