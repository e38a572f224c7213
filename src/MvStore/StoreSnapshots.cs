using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Reading;

namespace MvStore;

/// <summary>Opens the snapshots of a store, and lists them.</summary>
internal sealed class StoreSnapshots(
    StoreReaders readers, PinOpener pinOpener, IPinRegistry pins, StoreLeases leases, TimeProvider time, ILogger logger)
{
    /// <summary>See <see cref="IMultiVersionStore.OpenSnapshot(CommitVersion, string, TimeSpan?)"/>.</summary>
    public ISnapshot Open(CommitVersion at, string owner, TimeSpan? maxAge)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(owner);
        SnapshotOptions.RequireAge(maxAge, nameof(maxAge));
        return OpenUnder(at, owner, maxAge is { } age ? new PinTerms { Limit = new AgeLimit(age, time) } : null);
    }

    /// <summary>See <see cref="IMultiVersionStore.OpenSnapshot(CommitVersion, SnapshotOptions)"/>.</summary>
    public ISnapshot Open(CommitVersion at, SnapshotOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return OpenUnder(at, options.Owner, new PinTerms
        {
            Limit = options.MaxAge is { } age ? new AgeLimit(age, time) : null,
            Scope = options.Scope,
            BudgetBytes = options.BudgetBytes,
            OverBudget = options.OverBudget,
            CallSite = options.CapturesStack ? Environment.StackTrace : options.CallSite,
        });
    }

    /// <summary>See <see cref="IMultiVersionLeases.OpenLeaseSnapshot"/>.</summary>
    public ISnapshot OpenLease(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        readers.Lifetime.ThrowIfDisposed();
        return new Snapshot(leases.Pin(name), readers, pins, logger);
    }

    /// <summary>See <see cref="IMultiVersionStore.GetOpenSnapshots"/>.</summary>
    public IReadOnlyList<SnapshotInfo> List()
    {
        readers.Lifetime.ThrowIfDisposed();
        return [.. pins.Current
            .Where(IsListed)
            .OrderBy(p => p.Pin.At)
            .ThenBy(p => p.Id)
            .Select(p => p.ToInfo())];
    }

    /// <summary>Whether a pin is that of a snapshot that is open, or of a lease in force.</summary>
    public static bool IsListed(OpenPin pin) => pin.Owner is not null && !pin.IsLapsedLease;

    private Snapshot OpenUnder(CommitVersion at, string owner, PinTerms? terms)
    {
        readers.Lifetime.ThrowIfDisposed();
        return new Snapshot(pinOpener.Open(at, owner, static floors => floors.Lowest, terms), readers, pins, logger);
    }
}
