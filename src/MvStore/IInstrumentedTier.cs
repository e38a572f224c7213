using System.Diagnostics.Metrics;

namespace MvStore;

/// <summary>
/// A persistent tier that has figures of its own to tell. What it adds belongs to the store's meter, has the tag <c>mvstore.store.name</c> with all else, and goes when the store is closed. A tier need not be one; one that
/// wraps another hands the call on.
/// </summary>
public interface IInstrumentedTier
{
    /// <summary>
    /// Adds instruments. Called once, after <see cref="IPersistentTier.OpenAsync"/> has succeeded. Whoever collects asks from any thread, until the store is closed, at times after the tier: so what an instrument observes is
    /// kept in memory, and is told without waiting and without failing. A tier that records instead must expect that a collector throws.
    /// </summary>
    /// <param name="meter">The store's meter, named <see cref="MvStoreTelemetry.MeterName"/>; not to be disposed. Names begin with <c>mvstore.</c> and the name of the tier.</param>
    void AddInstruments(Meter meter);
}
