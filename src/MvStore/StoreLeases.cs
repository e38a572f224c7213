using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Reading;

namespace MvStore;

/// <summary>
/// The leases of a store. One note in the persistent tier lists them all. The order of steps is what makes a lease outlive the process (I29): a lease is pinned before the note lists it and until the note
/// does so no more; what it sees is durable before that; all that the note lists are pinned again before anything can be reclaimed, those past their limits too.
/// </summary>
internal sealed class StoreLeases(
    PinOpener opener,
    IPinRegistry pins,
    IDurability? durable,
    TierNotes? notes,
    IKeyClassifier classifier,
    TimeProvider time,
    ILogger logger) : ILeaseExpiry
{
    private const string NoteName = "leases";
    private const int MaxNameLength = 64;

    // One change at a time, from the pin to the note.
    private readonly AsyncGate _changes = new();

    // Owner: whoever holds _changes, replaced whole. Release store; readers acquire.
    private ImmutableSortedDictionary<string, StoreLease> _leases = ImmutableSortedDictionary.Create<string, StoreLease>(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, StoreLease> Current => Volatile.Read(ref _leases);

    /// <summary>Pins again what the note lists. Before anything is flushed or reclaimed, and before anybody else has the store.</summary>
    public void Restore(IReadOnlyList<LeaseInfo> listed)
    {
        var now = time.GetUtcNow();
        foreach (var info in listed)
        {
            var left = info.ExpiresAt - now;
            var limit = new AgeLimit(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            var pin = opener.Restore(
                new Pin(info.Version, info.Sequence) { Scope = info.Scope }, info.Name, info.OpenedAt, new PinTerms { Lease = limit, Scope = info.Scope });
            Volatile.Write(ref _leases, Current.SetItem(info.Name, new StoreLease(info, pin, limit)));
        }
    }

    /// <summary>Gives up leases on publications that are not there any more. Once, when everything that was durable is published again.</summary>
    public async ValueTask GiveUpLostAsync(ulong published, CancellationToken cancellationToken)
    {
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        StoreLease[] lost = [.. Current.Values.Where(l => l.Info.Sequence > published)];
        foreach (var lease in lost)
        {
            Log.LeaseLost(logger, lease.Info.Name, lease.Info.Version, lease.Info.Sequence, published);
        }

        await EndAsync(lost, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndExpiredAsync(CancellationToken cancellationToken)
    {
        if (Current.IsEmpty)
        {
            return;
        }

        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        StoreLease[] expired = [.. Current.Values.Where(l => l.Limit.IsReached)];
        await EndAsync(expired, cancellationToken).ConfigureAwait(false);
        foreach (var lease in expired)
        {
            Log.LeaseExpired(logger, lease.Info.Name, lease.Info.Version);
        }
    }

    public IReadOnlyList<LeaseInfo> List() => [.. Current.Values.Where(l => !l.Limit.IsReached).Select(l => l.Info)];

    public async ValueTask<LeaseInfo> OpenAsync(string name, CommitVersion at, TimeSpan duration, KeyRange? scope, CancellationToken cancellationToken)
    {
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        var before = Current.GetValueOrDefault(name);
        if (before is { Limit.IsReached: false })
        {
            throw new LeaseExistsException(name);
        }

        return await ReplaceAsync(name, at, duration, scope, before, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<LeaseInfo> RenewAsync(string name, TimeSpan duration, CommitVersion? at, CancellationToken cancellationToken)
    {
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!Current.TryGetValue(name, out var lease) || lease.Limit.IsReached)
        {
            throw new LeaseNotFoundException(name);
        }

        if (at is { } version)
        {
            return await ReplaceAsync(name, version, duration, lease.Info.Scope, lease, cancellationToken).ConfigureAwait(false);
        }

        // In memory first, so that it cannot lapse in between.
        if (!lease.Limit.TryMoveOn(duration))
        {
            throw new LeaseNotFoundException(name);
        }

        var renewed = lease with { Info = lease.Info with { ExpiresAt = EndOf(duration) } };
        await SaveAsync(Current.SetItem(name, renewed), cancellationToken).ConfigureAwait(false);
        return renewed.Info;
    }

    public async ValueTask<bool> CloseAsync(string name, CancellationToken cancellationToken)
    {
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!Current.TryGetValue(name, out var lease))
        {
            return false;
        }

        var wasOpen = !lease.Limit.IsReached;
        await EndAsync([lease], cancellationToken).ConfigureAwait(false);
        return wasOpen;
    }

    /// <summary>Another pin of the same view, which ends with the lease's limit.</summary>
    public OpenPin Pin(string name)
    {
        if (Current.TryGetValue(name, out var lease) && opener.TryShare(lease.Pin, new PinTerms { Limit = lease.Limit, Scope = lease.Info.Scope }) is { } pin)
        {
            if (!lease.Limit.IsReached)
            {
                return pin;
            }

            pins.Remove(pin);
        }

        throw new LeaseNotFoundException(name);
    }

    private async ValueTask<LeaseInfo> ReplaceAsync(
        string name,
        CommitVersion at,
        TimeSpan duration,
        KeyRange? scope,
        StoreLease? before,
        CancellationToken cancellationToken)
    {
        if (durable is null)
        {
            throw new DurabilityUnavailableException();
        }

        var limit = new AgeLimit(duration, time);
        var pin = opener.Open(
            at,
            name,
            floors => scope is { } range ? floors.HighestIn(range, classifier) : floors.Highest,
            new PinTerms { Lease = limit, Scope = scope });
        try
        {
            await durable.WaitAsync(pin.Pin.Sequence, pin.Pin.At, cancellationToken).ConfigureAwait(false);
            var info = new LeaseInfo(name, pin.Pin.At, pin.Pin.Sequence, pin.OpenedAt, EndOf(duration)) { Scope = scope };
            await SaveAsync(Current.SetItem(name, new StoreLease(info, pin, limit)), cancellationToken).ConfigureAwait(false);
            if (before is not null)
            {
                pins.Remove(before.Pin);
            }

            return info;
        }
        catch when (!Current.TryGetValue(name, out var now) || !ReferenceEquals(now.Pin, pin))
        {
            pins.Remove(pin);
            throw;
        }
    }

    private async ValueTask EndAsync(StoreLease[] ended, CancellationToken cancellationToken)
    {
        if (ended.Length == 0)
        {
            return;
        }

        await SaveAsync(Current.RemoveRange(ended.Select(l => l.Info.Name)), cancellationToken).ConfigureAwait(false);
        foreach (var lease in ended)
        {
            pins.Remove(lease.Pin);
        }
    }

    private async ValueTask SaveAsync(ImmutableSortedDictionary<string, StoreLease> leases, CancellationToken cancellationToken)
    {
        var note = LeaseNote.Encode([.. leases.Values.Select(l => l.Info)]);
        if (note.Length > TierNote.MaxContentLength)
        {
            throw new ArgumentException($"So many leases cannot be remembered: they take {note.Length} bytes, and {TierNote.MaxContentLength} are the most. Close some first.");
        }

        await notes!.SetAsync(NoteName, note, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _leases, leases);
    }

    private DateTimeOffset EndOf(TimeSpan duration)
    {
        var now = time.GetUtcNow();
        return duration < DateTimeOffset.MaxValue - now ? now + duration : DateTimeOffset.MaxValue;
    }

    /// <summary>What the note of a tier lists.</summary>
    /// <exception cref="PersistentTierException">It is damaged.</exception>
    public static List<LeaseInfo> ListedIn(TierState recovered) => LeaseNote.Decode(recovered.Notes.GetValueOrDefault(NoteName));

    /// <summary>Throws unless a lease can be opened so.</summary>
    public static void Check(string name, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxNameLength || name.Any(static c => c is < ' ' or > '~'))
        {
            throw new ArgumentException($"The name of a lease has 1 to {MaxNameLength} printable ASCII characters.", nameof(name));
        }

        if (duration <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A lease lasts for a positive time from now.");
        }
    }
}
