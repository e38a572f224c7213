using System.Collections.Frozen;

namespace MvStore;

/// <summary>What each kind of key keeps, for one run of reclamation. Immutable and safe from any thread.</summary>
public sealed class RetentionPlan
{
    private readonly FrozenDictionary<EntryKind, Retention> _byKind;

    /// <summary>Makes a plan.</summary>
    /// <param name="byDefault">What every kind keeps that is not listed.</param>
    /// <param name="byKind">Kinds that differ.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public RetentionPlan(Retention byDefault, IEnumerable<KeyValuePair<EntryKind, Retention>> byKind)
    {
        ArgumentNullException.ThrowIfNull(byDefault);
        ArgumentNullException.ThrowIfNull(byKind);
        Default = byDefault;
        _byKind = byKind.ToFrozenDictionary();
    }

    /// <summary>Everything is kept.</summary>
    public static RetentionPlan KeepEverything { get; } = new(Retention.Everything, []);

    /// <summary>What every kind keeps that is not listed.</summary>
    public Retention Default { get; }

    /// <summary>Kinds that differ.</summary>
    public IReadOnlyDictionary<EntryKind, Retention> ByKind => _byKind;

    /// <summary>
    /// Whether deleted keys go (contract E4): a deletion at or below the floor, and with it the key, once nothing older of the key stays. Kinds that keep
    /// them all the same say so (<see cref="Retention.KeepsDeletedKeys"/>). Default false; <see cref="RowStrategy"/> makes it true.
    /// </summary>
    public bool ReclaimsDeletedKeys { get; init; }

    /// <summary>Whether kinds differ.</summary>
    internal bool DependsOnKind => _byKind.Count > 0;

    /// <summary>What a kind keeps.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>What it keeps.</returns>
    public Retention Of(EntryKind kind) => _byKind.Count != 0 && _byKind.TryGetValue(kind, out var own) ? own : Default;

    /// <summary>The same plan, but for some kinds.</summary>
    /// <param name="byKind">What these keep instead.</param>
    /// <returns>The new plan.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="byKind"/> is null.</exception>
    public RetentionPlan With(IReadOnlyDictionary<EntryKind, Retention> byKind)
    {
        ArgumentNullException.ThrowIfNull(byKind);
        return byKind.Count == 0 ? this : new RetentionPlan(Default, _byKind.Where(own => !byKind.ContainsKey(own.Key)).Concat(byKind))
        {
            ReclaimsDeletedKeys = ReclaimsDeletedKeys,
        };
    }

    /// <summary>The same plan, but for what every kind keeps that is not listed.</summary>
    /// <param name="byDefault">What these keep instead.</param>
    /// <returns>The new plan.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="byDefault"/> is null.</exception>
    public RetentionPlan WithDefault(Retention byDefault) => new(byDefault, _byKind) { ReclaimsDeletedKeys = ReclaimsDeletedKeys };

    /// <summary>
    /// Whether, at the same floors and for the same pins, some kind keeps less than by an earlier plan: fewer versions of each key, or no deletions any more. How far back history goes does not count: that is the
    /// matter of the floors.
    /// </summary>
    /// <param name="before">The earlier plan.</param>
    /// <returns>True if something may go that stayed before.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="before"/> is null.</exception>
    public bool KeepsLessThan(RetentionPlan before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return KeepsLess(Default, before, before.Default) || ByKind.Keys.Union(before.ByKind.Keys).Any(kind => KeepsLess(Of(kind), before, before.Of(kind)));
    }

    /// <summary>Whether deleted keys of a kind go.</summary>
    internal bool ReclaimsDeletedKeysOf(EntryKind kind) => ReclaimsDeletedKeys && !Of(kind).KeepsDeletedKeys;

    /// <summary>The same plan, but for what becomes of deleted keys.</summary>
    internal RetentionPlan WithDeletedKeys(bool reclaimed)
        => ReclaimsDeletedKeys == reclaimed ? this : new RetentionPlan(Default, _byKind) { ReclaimsDeletedKeys = reclaimed };

    private bool KeepsLess(Retention now, RetentionPlan planBefore, Retention before)
        => now.PerKey < before.PerKey
            || (ReclaimsDeletedKeys && !now.KeepsDeletedKeys && (!planBefore.ReclaimsDeletedKeys || before.KeepsDeletedKeys));
}
