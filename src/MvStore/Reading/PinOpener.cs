using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Captures a view and pins it (DESIGN.md 3, Publication and snapshots): load the floors, load the publication, register, load the floors
/// again. If they moved, start over: the collector may not have seen the pin.
/// </summary>
internal sealed class PinOpener(IPublicationSource publication, IFloorSource floors, IPinRegistry pins, TimeProvider time)
{
    // The last number given to a pin. Interlocked increment by whoever opens one.
    private long _lastId;

    /// <summary>Pins what is visible now at a version.</summary>
    /// <param name="at">The version, or "latest".</param>
    /// <param name="owner">The name of a snapshot's owner; null for a read of its own.</param>
    /// <param name="floorOf">The floor that binds this read.</param>
    /// <param name="terms">What it is opened with besides; null for nothing.</param>
    /// <exception cref="BelowFloorException">The version is below it.</exception>
    public OpenPin Open(CommitVersion at, string? owner, Func<FloorSet, CommitVersion> floorOf, PinTerms? terms = null)
    {
        while (true)
        {
            var before = floors.Current;
            var current = publication.Current;
            var view = current.ViewAt(at);
            if (view.At < before.Set.Highest)
            {
                RequireAtOrAbove(floorOf(before.Set), view.At);
            }

            var protection = new Pin(view.At, view.Sequence) { Scope = terms?.Scope };
            var pin = new OpenPin(protection, current.Visible, before, owner, time.GetUtcNow(), terms, Interlocked.Increment(ref _lastId));
            pins.Add(pin);
            if (ReferenceEquals(floors.Current, before))
            {
                return pin;
            }

            pins.Remove(pin);
        }
    }

    /// <summary>Pins the view of an earlier page again, if nothing it needs can have gone in between.</summary>
    /// <param name="view">The view of the first page.</param>
    /// <param name="visible">The visible version when it was captured.</param>
    /// <param name="generation">The generation of the floors when it was captured.</param>
    /// <param name="range">What is read.</param>
    /// <param name="classifier">Tells which floors the range crosses.</param>
    /// <exception cref="BelowFloorException">It can have gone.</exception>
    public OpenPin Reopen(TierView view, CommitVersion visible, ulong generation, KeyRange range, IKeyClassifier classifier)
    {
        // Registered first: from then on no floor can pass it. What may have passed it before is then checked.
        var pin = new OpenPin(new Pin(view.At, view.Sequence), visible, floors.Current, null, time.GetUtcNow(), id: Interlocked.Increment(ref _lastId));
        pins.Add(pin);
        var reach = Reach.Of(view, visible, generation, floors, publication);
        var floor = reach.FloorIn(range, classifier);
        if (view.At >= floor && reach.ReachesFloorIn(range, classifier))
        {
            return pin;
        }

        pins.Remove(pin);
        throw BelowFloorException.ForPassedView(view.At, floor);
    }

    /// <summary>
    /// Pins what a lease sees that was opened in an earlier run of the process, before anything can be reclaimed in this one. Every floor was at or below it when it was opened,
    /// and counts as raised since; so only what it sees itself is sure below the floors in force (Old views).
    /// </summary>
    public OpenPin Restore(Pin pin, string owner, DateTimeOffset openedAt, PinTerms terms)
    {
        var restored = new OpenPin(
            pin, CommitVersion.Zero, new PublishedFloors(FloorSet.None), owner, openedAt, terms, Interlocked.Increment(ref _lastId));
        pins.Add(restored);
        return restored;
    }

    /// <summary>Pins what another pin protects, as long as that one does.</summary>
    /// <returns>Null when it does not any more.</returns>
    public OpenPin? TryShare(OpenPin other, PinTerms terms)
    {
        var pin = new OpenPin(other.Pin, other.Visible, other.Floors, other.Owner, time.GetUtcNow(), terms, Interlocked.Increment(ref _lastId));
        pins.Add(pin);

        // A run that did not see this pin read them before it was added, when the other one, which is not released now, was among them.
        if (!other.IsReleased)
        {
            return pin;
        }

        pins.Remove(pin);
        return null;
    }

    /// <summary>Demands that a version is not below the floor of a key. At or above every floor it costs one comparison.</summary>
    public static void RequireReadable(FloorSet floors, ReadOnlySpan<byte> key, IKeyClassifier classifier, CommitVersion at)
    {
        if (at < floors.Highest)
        {
            RequireAtOrAbove(floors.Of(key, classifier), at);
        }
    }

    /// <summary>Demands that a version is not below a floor.</summary>
    public static void RequireAtOrAbove(CommitVersion floor, CommitVersion at)
    {
        if (at < floor)
        {
            throw new BelowFloorException(at, floor);
        }
    }
}
