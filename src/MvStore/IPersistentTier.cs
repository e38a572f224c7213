namespace MvStore;

/// <summary>
/// The cold tier: keeps full history, answers reads at a version, and remembers how far publication has become durable (contract F2). It may be a local file or
/// a client of something remote: nothing of its own (statements, connections, transactions, cursors) crosses this interface, and no call leaves anything open.
/// <para>
/// The engine calls <see cref="OpenAsync"/> first; after it, reads come from any number of threads at once, also during <see cref="ApplyAsync"/>; the four writing
/// members and <see cref="GetMarkAsync"/> are never called two at a time. A tier that answers without waiting completes synchronously.
/// </para>
/// <para>
/// Failures are <see cref="PersistentTierException"/> with the kind that decides what the engine does: a tier itself repeats nothing. A damaged entry is never an
/// answer but a <see cref="TierFailure.Damaged"/> that names the <see cref="PersistentTierException.Key"/>.
/// </para>
/// <para>
/// The <i>epoch</i> is a number that only grows, and fences owners off: once the data was opened under a higher one, each call of an earlier owner fails with
/// <see cref="TierFailure.Fenced"/>, whether it would write or read, and what it had sent before and arrives late has no effect. A tier that lets nobody in while
/// it has an owner (<see cref="StoreInUseException"/>) only has to remember the number.
/// </para>
/// </summary>
public interface IPersistentTier : IAsyncDisposable
{
    /// <summary>
    /// Takes ownership of the store's data, creating it when there is none, and tells what is durable. Nothing may be changed when the
    /// data is foreign, newer, or owned by someone else. May be called again after it failed, not after it succeeded.
    /// </summary>
    /// <param name="epoch">
    /// The epoch to own the data under; one that is not above all earlier ones is refused as <see cref="TierFailure.Fenced"/>, and nothing changes for the owner. 0 lets
    /// the tier choose the next one. At most 2^63-1. However it is chosen, an opening whose outcome is in doubt and that arrives late must not take over from the one that
    /// was made after it.
    /// </param>
    /// <param name="cancellationToken">Gives up, leaving no owner behind.</param>
    /// <returns>What is on disk, the epoch, and what the tier takes and promises.</returns>
    /// <exception cref="StoreInUseException">Someone else owns the data, and this tier lets nobody take it over.</exception>
    /// <exception cref="StoreFormatException">The data is not a store, or of a newer format.</exception>
    ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken);

    /// <summary>
    /// The durable mark as it is now. The engine asks for it after an apply in doubt, when <see cref="TierCapabilities.ResolvesDoubt"/> says that the answer can be
    /// believed. What was sent before may still arrive later: it is then refused, or has been done, because it continues a mark.
    /// </summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The sequence of the last publication that is on disk.</returns>
    ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes a slice of whole commits, with their drops, and moves the durable mark, all or nothing, and returns when it is as durable as
    /// <see cref="TierCapabilities.Durability"/> says. Called with one slice at a time, each beginning where the last one ended. A slice whose
    /// <see cref="TierBatch.PreviousSequence"/> is not the durable mark must be refused as <see cref="TierFailure.Fatal"/>: so a slice that is sent
    /// again after its outcome was in doubt is applied once, however often it arrives. Floors that come with it (<see cref="TierBatch.Floors"/>) are stored in the same
    /// transaction; only a tier that says <see cref="TierCapabilities.RaisesFloorsInSlices"/> gets any.
    /// </summary>
    /// <param name="batch">The slice. Its memory stays valid and unchanged until the task completes, and is used again afterwards.</param>
    /// <param name="cancellationToken">May be honoured before anything is written, not after.</param>
    /// <returns>A task that completes when the slice is durable.</returns>
    ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// For each key the newest entry that a view can see, tombstones included. Keys without one are left out.
    /// </summary>
    /// <param name="keys">Distinct keys in ascending order, at most <see cref="TierCapabilities.MaxReadKeys"/>.</param>
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
    /// entry the view can see, keys ascending, versions descending. Its work is bounded by <see cref="TierScan.MaxExamined"/>, its size by
    /// <see cref="TierScan.MaxRows"/> and <see cref="TierScan.MaxBytes"/>, whatever is stored, and each call gets further.
    /// </summary>
    /// <param name="scan">What is asked.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The entries, and how far they reach.</returns>
    ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken);

    /// <summary>
    /// Remembers floors durably, before anything below them is reclaimed; all of it or nothing. Floors never go back; a lower one than stored is
    /// ignored. Doing it twice is the same as doing it once, so that it can be repeated when its outcome is in doubt.
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
    /// Removes, in one bounded step, entries that the given rule lets go. The rule must see all stored entries of a key together, and be told which of them
    /// are tombstones. It may let all entries of a key go, or all at or below its floor, with a tombstone as the newest of them (contract E4): those vanish at one instant, so
    /// that nobody, whatever fails, ever sees an older one without the tombstone.
    /// What it lets go it lets go for ever, so a step can be repeated, and may arrive late. At the beginning of a run that may leave something (<see cref="TierReclaimStep.GarbageShare"/>) a tier may put it
    /// off instead, if it knows that no more can go; keys whose own floor rose since need not be counted: they are asked for by name.
    /// </summary>
    /// <param name="request">The rule, where to begin, and how much to look at.</param>
    /// <param name="cancellationToken">Cancels the step before it changes anything.</param>
    /// <returns>What was done and where to go on.</returns>
    ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps something small for the engine under a name, which the next opening tells (<see cref="TierState.Notes"/>). Whole or not at all, and as durable as an applied slice
    /// when it returns; what the note said before is gone. It stands for itself: it moves no mark, and says nothing of what else is durable. Of several calls for one name the one
    /// that was made last counts, however late an earlier one arrives; so a call whose outcome is in doubt can be repeated.
    /// </summary>
    /// <param name="name">1 to <see cref="TierNote.MaxNameLength"/> ASCII characters; case matters. The engine uses a handful of names.</param>
    /// <param name="content">
    /// What to keep, up to <see cref="TierNote.MaxContentLength"/> bytes; empty removes the note. Valid and unchanged until the task completes.
    /// </param>
    /// <param name="cancellationToken">Cancels the write before it happens.</param>
    /// <returns>A task that completes when it is durable.</returns>
    ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
