namespace MvStore.Contracts;

/// <summary>A registered pin: what it protects, who holds it, and the floors of the moment it was opened.</summary>
internal sealed class OpenPin(
    Pin pin,
    CommitVersion visible,
    PublishedFloors floors,
    string? owner,
    DateTimeOffset openedAt,
    PinTerms? terms = null,
    long id = 0)
{
    // Owner: the registry, on removal, before the pin leaves the set. Release store; readers acquire after their read.
    private bool _released;

    // Why it was ended before its time; null if it was not. Owner: the run of reclamation, before it goes by that. Release store; readers acquire after their read.
    private SnapshotRevokedException? _revocation;

    // Owner: whoever surveyed last. A reference to something immutable: release store, acquire load.
    private SnapshotCost? _cost;

    /// <summary>A number of its own.</summary>
    public long Id { get; } = id;

    /// <summary>What is protected.</summary>
    public Pin Pin { get; } = pin;

    /// <summary>What its holder can see.</summary>
    public TierView View { get; } = new(pin.At, pin.Sequence);

    /// <summary>The visible version when the view was captured.</summary>
    public CommitVersion Visible { get; } = visible;

    /// <summary>The floors when it was opened: keys whose floor was above it then are not protected.</summary>
    public PublishedFloors Floors { get; } = floors;

    /// <summary>The name of a snapshot's owner; null for a read's own pin, which is not listed.</summary>
    public string? Owner { get; } = owner;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; } = openedAt;

    /// <summary>What it was opened with.</summary>
    public PinTerms Terms { get; } = terms ?? PinTerms.None;

    /// <summary>Its age limit; null for none.</summary>
    public TimeSpan? MaxAge => (Terms.Limit ?? Terms.Lease)?.MaxAge;

    /// <summary>Whether it is a lease past its limit: it keeps what it sees until that is written down, and no longer.</summary>
    public bool IsLapsedLease => Terms.Lease is { IsReached: true };

    /// <summary>Whether it is past its age limit, or was revoked: it is then as good as released, and whoever meets it in the registry removes it.</summary>
    public bool IsExpired => Terms.Limit is { IsReached: true } || Volatile.Read(ref _revocation) is not null;

    /// <summary>Whether it no longer protects anything. An acquire load.</summary>
    public bool IsReleased => Volatile.Read(ref _released) || IsExpired;

    /// <summary>What it alone keeps, as last found out; null as long as it was not.</summary>
    public SnapshotCost? Cost
    {
        get => Volatile.Read(ref _cost);
        set => Volatile.Write(ref _cost, value);
    }

    /// <summary>The same for lists.</summary>
    public SnapshotInfo ToInfo() => new(Owner ?? "(read)", Pin.At, OpenedAt)
    {
        Id = Id,
        IsRead = Owner is null,
        MaxAge = MaxAge,
        Scope = Terms.Scope,
        BudgetBytes = Terms.BudgetBytes,
        CallSite = Terms.CallSite,
        IsLease = Terms.Lease is not null,
        Cost = Cost,
    };

    /// <summary>Ends it before its time.</summary>
    /// <param name="reason">What its reads fail with.</param>
    public void Revoke(SnapshotRevokedException reason) => Interlocked.CompareExchange(ref _revocation, reason, null);

    /// <summary>Marks it as no longer protecting anything.</summary>
    public void Release() => Volatile.Write(ref _released, true);

    /// <summary>
    /// To be called after a read under this pin: not released now means that it protected the read throughout. The released mark is looked at as well as the
    /// clock: it is set before what the pin protected goes, so a read that missed something sees it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It was released.</exception>
    /// <exception cref="SnapshotExpiredException">It is past its age limit.</exception>
    /// <exception cref="SnapshotRevokedException">It was ended because it kept more than its budget.</exception>
    public void ThrowIfReleased()
    {
        var released = Volatile.Read(ref _released);
        if (Volatile.Read(ref _revocation) is { } revoked)
        {
            throw new SnapshotRevokedException(revoked.Owner, revoked.Version, revoked.BudgetBytes, revoked.HeldBytes);
        }

        if (Terms.Limit is { IsReached: true } limit)
        {
            throw new SnapshotExpiredException(Owner ?? "a read", Pin.At, OpenedAt, limit.MaxAge);
        }

        ObjectDisposedException.ThrowIf(released, typeof(ISnapshot));
    }
}
