namespace MvStore;

/// <summary>
/// The cold tier: keeps full history, answers reads at a version, and remembers how far publication has become durable (contract F2).
/// The engine calls <see cref="OpenAsync"/> first and once; after it, reads come from any number of threads at once, also during
/// <see cref="ApplyAsync"/>; the three writing members are never called two at a time. Failures are
/// <see cref="PersistentTierException"/> with the kind that decides what the engine does; a damaged entry is never an answer but a
/// <see cref="TierFailure.Damaged"/> that names the <see cref="PersistentTierException.Key"/>. A tier that answers without waiting completes
/// synchronously.
/// </summary>
public interface IPersistentTier : IAsyncDisposable
{
    /// <summary>
    /// Takes ownership of the store's data, creating it when there is none, and tells what is durable. Nothing may be changed when the
    /// data is foreign, newer, or owned by someone else.
    /// </summary>
    /// <param name="cancellationToken">Gives up, leaving no owner behind.</param>
    /// <returns>What is on disk.</returns>
    /// <exception cref="StoreInUseException">Someone else owns the data.</exception>
    /// <exception cref="StoreFormatException">The data is not a store, or of a newer format.</exception>
    ValueTask<TierState> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes a slice of whole commits, with their drops, and moves the durable mark, all or nothing, and returns when they are synced. Called with one
    /// slice at a time, each beginning where the last one ended. A slice whose <see cref="TierBatch.PreviousSequence"/> is not the
    /// durable mark must be refused as <see cref="TierFailure.Fatal"/>.
    /// </summary>
    /// <param name="batch">The slice. Its memory stays valid and unchanged until the task completes, and is used again afterwards.</param>
    /// <param name="cancellationToken">May be honoured before anything is written, not after.</param>
    /// <returns>A task that completes when the slice is durable.</returns>
    ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// For each key the newest entry that a view can see, tombstones included. Keys without one are left out.
    /// </summary>
    /// <param name="keys">Distinct keys in ascending order.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The entries in key order.</returns>
    ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken);

    /// <summary>
    /// A portion of a range, stateless: no cursor or transaction outlives the call. In <see cref="TierScanMode.Newest"/> one entry per
    /// key, the newest the view can see, tombstones included, keys in scan direction; in <see cref="TierScanMode.History"/> every
    /// entry the view can see, keys ascending, versions descending. Its work is bounded by <see cref="TierScan.MaxExamined"/>, whatever is
    /// stored, and each call gets further.
    /// </summary>
    /// <param name="scan">What is asked.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The entries, and how far they reach.</returns>
    ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken);

    /// <summary>
    /// Remembers floors durably, before anything below them is reclaimed; all of it or nothing. Floors never go back; a lower one than stored is
    /// ignored.
    /// </summary>
    /// <param name="floors">
    /// The floors. Those of kinds are all to be stored. Of those of single keys (<see cref="FloorSet.ByKey"/>) only the ones that
    /// <paramref name="settled"/> names are new; there may be very many others.
    /// </param>
    /// <param name="settled">
    /// In any order, keys up to a version. Drops of the key at or below the version need not be remembered any more. The key's floor, if
    /// <see cref="FloorSet.ByKey"/> has one, is to be stored; if it has none, a stored one at or below the version is to be forgotten: the
    /// floor of the key's kind is as high. A key may occur again.
    /// </param>
    /// <param name="cancellationToken">Cancels the write before it happens.</param>
    /// <returns>A task that completes when they are durable.</returns>
    ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken);

    /// <summary>
    /// Removes, in one bounded step, entries that the given rule lets go. The rule must see all stored entries of a key together.
    /// </summary>
    /// <param name="request">The rule, where to begin, and how much to look at.</param>
    /// <param name="cancellationToken">Cancels the step before it changes anything.</param>
    /// <returns>What was done and where to go on.</returns>
    ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken);
}
