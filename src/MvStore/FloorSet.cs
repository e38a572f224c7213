using System.Collections.Frozen;

namespace MvStore;

/// <summary>
/// All floors: a default, kinds of keys that differ from it, and keys with a floor of their own above that of their kind, because they were
/// dropped (contract A1). Immutable; compared by reference where "has the floor moved" is asked. Safe from any thread.
/// </summary>
public sealed class FloorSet
{
    private readonly FrozenDictionary<EntryKind, CommitVersion> _byKind;

    // The highest floor of a kind.
    private readonly CommitVersion _highestOfKinds;

    // The generation in which the floor of a kind was raised last.
    private readonly ulong _kindsGeneration;

    /// <summary>Makes a set of floors.</summary>
    /// <param name="default">The floor of every kind that is not listed.</param>
    /// <param name="byKind">Kinds with a floor of their own.</param>
    /// <exception cref="ArgumentNullException"><paramref name="byKind"/> is null.</exception>
    public FloorSet(CommitVersion @default, IEnumerable<KeyValuePair<EntryKind, CommitVersion>> byKind)
        : this(@default, byKind, [])
    {
    }

    /// <summary>Makes a set of floors.</summary>
    /// <param name="default">The floor of every kind that is not listed.</param>
    /// <param name="byKind">Kinds with a floor of their own.</param>
    /// <param name="byKey">Keys with a floor of their own. One at or below that of the key's kind has no effect.</param>
    /// <exception cref="ArgumentNullException"><paramref name="byKind"/> or <paramref name="byKey"/> is null.</exception>
    public FloorSet(
        CommitVersion @default,
        IEnumerable<KeyValuePair<EntryKind, CommitVersion>> byKind,
        IEnumerable<KeyFloor> byKey)
        : this(@default, FrozenCopyOf(byKind), SetOf(byKey), 0, 0)
    {
    }

    private FloorSet(
        CommitVersion @default,
        FrozenDictionary<EntryKind, CommitVersion> byKind,
        KeyFloorSet byKey,
        ulong generation,
        ulong kindsGeneration)
    {
        Default = @default;
        _byKind = byKind;
        ByKey = byKey;
        Generation = generation;
        _kindsGeneration = kindsGeneration;
        _highestOfKinds = byKind.Count == 0 ? @default : Max(@default, byKind.Values.Max());
        Lowest = byKind.Count == 0 ? @default : Min(@default, byKind.Values.Min());
        Highest = Max(_highestOfKinds, byKey.Highest);
    }

    /// <summary>Nothing was ever reclaimed: every floor is 0.</summary>
    public static FloorSet None { get; } = new(CommitVersion.Zero, []);

    /// <summary>The floor of every kind that is not listed.</summary>
    public CommitVersion Default { get; }

    /// <summary>The lowest of all floors.</summary>
    public CommitVersion Lowest { get; }

    /// <summary>The highest of all floors, those of single keys included: at or above it nothing is below a floor.</summary>
    public CommitVersion Highest { get; }

    /// <summary>Kinds with a floor of their own.</summary>
    public IReadOnlyDictionary<EntryKind, CommitVersion> ByKind => _byKind;

    /// <summary>Keys with a floor of their own.</summary>
    public KeyFloorSet ByKey { get; }

    /// <summary>The same floors without those of single keys.</summary>
    public FloorSet Kinds
        => ByKey.Count == 0 ? this : new FloorSet(Default, _byKind, KeyFloorSet.None, Generation, _kindsGeneration);

    /// <summary>How often floors were raised to come here, since the store was opened.</summary>
    internal ulong Generation { get; }

    /// <summary>Whether a kind has a floor above 0, so that any key may have something to reclaim.</summary>
    internal bool CoversKinds => _highestOfKinds > CommitVersion.Zero;

    /// <summary>The floor of one kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The floor.</returns>
    public CommitVersion Of(EntryKind kind)
        => _byKind.Count != 0 && _byKind.TryGetValue(kind, out var floor) ? floor : Default;

    /// <summary>The floor of one key: that of its kind or its own, whichever is higher.</summary>
    /// <param name="key">The key.</param>
    /// <param name="classifier">Tells the key's kind.</param>
    /// <returns>The floor.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="classifier"/> is null.</exception>
    public CommitVersion Of(ReadOnlySpan<byte> key, IKeyClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var ofKind = OfKindOf(key, classifier);
        return ByKey.Highest > ofKind ? Max(ofKind, ByKey.Of(key)) : ofKind;
    }

    /// <summary>The highest floor a range can cross (contract B10).</summary>
    /// <param name="range">The range.</param>
    /// <param name="classifier">Tells which kinds the range can hold.</param>
    /// <returns>The floor.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="classifier"/> is null.</exception>
    public CommitVersion HighestIn(KeyRange range, IKeyClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var highest = Default;
        foreach (var (kind, floor) in _byKind)
        {
            if (floor > highest && classifier.CanHold(range, kind))
            {
                highest = floor;
            }
        }

        return ByKey.Highest > highest ? Max(highest, ByKey.HighestIn(range)) : highest;
    }

    /// <summary>The higher floor of each kind and of each key.</summary>
    /// <param name="other">The other floors.</param>
    /// <returns>This set when nothing is higher in the other.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    public FloorSet RaisedTo(FloorSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return RaisedTo(other, other.ByKey);
    }

    /// <summary>The higher floor of each kind, and of some keys.</summary>
    /// <param name="kinds">Floors of kinds; what it says of keys does not count.</param>
    /// <param name="keys">Floors of keys.</param>
    /// <returns>This set when nothing is higher.</returns>
    internal FloorSet RaisedTo(FloorSet kinds, IEnumerable<KeyFloor> keys)
    {
        var generation = Generation + 1;
        var byKey = ByKey;
        foreach (var key in keys)
        {
            byKey = byKey.With(key, generation);
        }

        var either = _byKind.Keys.Union(kinds._byKind.Keys).ToArray();
        if (kinds.Default <= Default && either.All(k => kinds.Of(k) <= Of(k)))
        {
            return ReferenceEquals(byKey, ByKey) ? this : new FloorSet(Default, _byKind, byKey, generation, _kindsGeneration);
        }

        var byKind = either.ToFrozenDictionary(k => k, k => Max(Of(k), kinds.Of(k)));
        return new FloorSet(Max(Default, kinds.Default), byKind, byKey, generation, generation);
    }

    /// <summary>The same floors without those of keys whose kind has one as high: they have no effect any more.</summary>
    /// <param name="classifier">Tells the kind of a key.</param>
    /// <param name="left">Receives what was left out.</param>
    /// <returns>This set when there is none.</returns>
    internal FloorSet WithoutRedundant(IKeyClassifier classifier, ICollection<KeyFloor> left)
    {
        var byKey = ByKey;
        foreach (var floor in ByKey.AtOrBelow(_highestOfKinds))
        {
            if (floor.Version <= OfKindOf(floor.Key.Span, classifier))
            {
                left.Add(floor);
                byKey = byKey.Without(floor.Key.Span);
            }
        }

        return ReferenceEquals(byKey, ByKey) ? this : new FloorSet(Default, _byKind, byKey, Generation, _kindsGeneration);
    }

    /// <summary>The same floors, as raised once since the store was opened: what was opened earlier cannot tell whether they were.</summary>
    internal FloorSet AsRaised() => new(Default, _byKind, ByKey, 1, 1);

    /// <summary>Whether the floor of a key may have been raised after a generation.</summary>
    internal bool WasRaisedAfter(ulong generation, ReadOnlySpan<byte> key)
        => Generation > generation && (_kindsGeneration > generation || ByKey.LatestOf(key) > generation);

    /// <summary>Whether a floor that a range can cross may have been raised after a generation.</summary>
    internal bool WasRaisedAfter(ulong generation, KeyRange range)
        => Generation > generation && (_kindsGeneration > generation || ByKey.LatestIn(range) > generation);

    private static FrozenDictionary<EntryKind, CommitVersion> FrozenCopyOf(IEnumerable<KeyValuePair<EntryKind, CommitVersion>> byKind)
    {
        ArgumentNullException.ThrowIfNull(byKind);
        return byKind.ToFrozenDictionary();
    }

    private static KeyFloorSet SetOf(IEnumerable<KeyFloor> byKey)
    {
        ArgumentNullException.ThrowIfNull(byKey);
        return byKey as KeyFloorSet ?? new KeyFloorSet(byKey);
    }

    private static CommitVersion Min(CommitVersion left, CommitVersion right) => left < right ? left : right;

    private static CommitVersion Max(CommitVersion left, CommitVersion right) => left > right ? left : right;

    private CommitVersion OfKindOf(ReadOnlySpan<byte> key, IKeyClassifier classifier)
        => _byKind.Count == 0 ? Default : Of(classifier.Classify(key));
}
