using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Reads without a pin (DESIGN.md 3): load the floors, load the publication, read, load the floors again. If they moved, read again. No reader
/// writes shared memory.
/// </summary>
internal sealed class PointReader(
    TieredReader tiers,
    IPublicationSource publication,
    IFloorSource floors,
    IKeyClassifier classifier)
{
    /// <summary>The row of a key at a version, wherever it lies, as its reader's own.</summary>
    /// <exception cref="BelowFloorException">The version is below the floor.</exception>
    public ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken)
    {
        var hash = KeyHash.Of(key);
        tiers.Prefetch(hash);
        var before = floors.Current;
        var view = publication.Current.ViewAt(at);
        PinOpener.RequireReadable(before.Set, key, classifier, view.At);
        var read = tiers.GetAsync(key, hash, view, cancellationToken);
        return read.IsCompletedSuccessfully && ReferenceEquals(floors.Current, before)
            ? read
            : GetAgainAsync(key.ToArray(), hash, at, before, read, cancellationToken);
    }

    /// <summary>The row of a key at a version as far as memory knows, where it lies.</summary>
    /// <exception cref="BelowFloorException">The version is below the floor.</exception>
    public MemoryAnswer Find(ReadOnlySpan<byte> key, CommitVersion at, out GuardedRow row)
    {
        var hash = KeyHash.Of(key);
        tiers.Prefetch(hash);
        while (true)
        {
            var before = floors.Current;
            var view = publication.Current.ViewAt(at);
            PinOpener.RequireReadable(before.Set, key, classifier, view.At);
            var answer = tiers.Find(key, hash, view, out row);
            if (ReferenceEquals(floors.Current, before))
            {
                return answer;
            }

            row.Dispose();
        }
    }

    /// <summary>The rows of some keys at a version and one moment, if memory knows all of them.</summary>
    /// <param name="distinct">The keys.</param>
    /// <param name="at">The version.</param>
    /// <param name="rows">Receives the rows that are present, in the order of the keys.</param>
    /// <returns>False when the persistent tier has to be asked: <see cref="FindManyAsync"/>.</returns>
    /// <exception cref="BelowFloorException">The version is below the floor of one of them.</exception>
    public bool TryFindMany(ReadOnlySpan<ReadOnlyMemory<byte>> distinct, CommitVersion at, List<VersionedRow> rows)
    {
        while (true)
        {
            var before = floors.Current;
            var view = publication.Current.ViewAt(at);
            foreach (ref readonly var key in distinct)
            {
                PinOpener.RequireReadable(before.Set, key.Span, classifier, view.At);
            }

            var isKnown = tiers.TryFindMany(distinct, view, rows);
            if (!isKnown || ReferenceEquals(floors.Current, before))
            {
                return isKnown;
            }
        }
    }

    /// <summary>The newest entries of some keys at a version and one moment, tombstones included.</summary>
    /// <exception cref="BelowFloorException">The version is below the floor of one of them.</exception>
    public async ValueTask<TierRow?[]> FindManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> distinctAscending,
        CommitVersion at,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = floors.Current;
            var view = publication.Current.ViewAt(at);
            foreach (var key in distinctAscending)
            {
                PinOpener.RequireReadable(before.Set, key.Span, classifier, view.At);
            }

            var found = await tiers.FindManyAsync(distinctAscending, view, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(floors.Current, before))
            {
                return found;
            }
        }
    }

    /// <summary>The newest entry of a key below a version, at what is visible now.</summary>
    public async ValueTask<PreviousVersion> FindPreviousAsync(byte[] key, CommitVersion before, CancellationToken cancellationToken)
    {
        if (before == CommitVersion.Zero)
        {
            return PreviousVersion.BeginningOfHistory;
        }

        while (true)
        {
            var floorsBefore = floors.Current;
            var current = publication.Current;
            var view = current.ViewAt(StepBack(before, current.Highest));
            if (view.At < floorsBefore.Set.Of(key, classifier))
            {
                return PreviousVersion.Reclaimed;
            }

            var found = await tiers.FindAsync(key, view, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(floors.Current, floorsBefore))
            {
                return ToPrevious(found, key);
            }
        }
    }

    /// <summary>The newest entry of a key below a version, that a pin can see.</summary>
    public async ValueTask<PreviousVersion> FindPreviousAsync(
        byte[] key,
        CommitVersion before,
        OpenPin pin,
        CancellationToken cancellationToken)
    {
        if (before == CommitVersion.Zero)
        {
            return PreviousVersion.BeginningOfHistory;
        }

        if (before > pin.View.At)
        {
            return pin.View.At < pin.Floors.Set.Of(key, classifier)
                ? PreviousVersion.Reclaimed
                : ToPrevious(await tiers.FindAsync(key, pin.View, cancellationToken).ConfigureAwait(false), key);
        }

        while (true)
        {
            // The pin does not protect what is older than what it sees itself: as without a pin, what was read under other floors is read again.
            var floorsBefore = floors.Current;
            var previous = await FindOlderAsync(key, pin.View with { At = before.Value - 1 }, pin, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(floors.Current, floorsBefore))
            {
                return previous;
            }
        }
    }

    private async ValueTask<PreviousVersion> FindOlderAsync(byte[] key, TierView view, OpenPin pin, CancellationToken cancellationToken)
    {
        var found = await tiers.FindAsync(key, view, cancellationToken).ConfigureAwait(false);
        var reach = Reach.Of(pin.View, pin.Visible, pin.Floors.Generation, floors, publication);
        var floor = reach.FloorOf(key, classifier);
        if (view.At < floor)
        {
            return PreviousVersion.Reclaimed;
        }

        // Above the floor everything stays, and at or below it what the floor reaches; where it does not, what the pin itself sees.
        if (found?.Version > floor || reach.ReachesFloorOf(key, classifier))
        {
            return ToPrevious(found, key);
        }

        var pinned = await tiers.FindAsync(key, pin.View, cancellationToken).ConfigureAwait(false);
        return pinned?.Version == found?.Version ? ToPrevious(found, key) : PreviousVersion.Reclaimed;
    }

    // To be asked after the read: whoever lets a deleted key go says so before.
    private PreviousVersion ToPrevious(TierRow? found, ReadOnlySpan<byte> key)
    {
        var now = floors.Current;
        return ReadResults.ToPrevious(found, now.ForgetsKeys && now.Set.Of(key, classifier) > CommitVersion.Zero);
    }

    private static CommitVersion StepBack(CommitVersion before, CommitVersion highest)
        => before == CommitVersion.Latest ? highest : before.Value - 1;

    private async ValueTask<VersionedRow?> GetAgainAsync(
        byte[] key,
        ulong hash,
        CommitVersion at,
        PublishedFloors before,
        ValueTask<VersionedRow?> read,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await read.ConfigureAwait(false);
            var now = floors.Current;
            if (ReferenceEquals(now, before))
            {
                return found;
            }

            before = now;
            var view = publication.Current.ViewAt(at);
            PinOpener.RequireReadable(before.Set, key, classifier, view.At);
            read = tiers.GetAsync(key, hash, view, cancellationToken);
        }
    }
}
