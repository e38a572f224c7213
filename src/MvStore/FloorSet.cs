using System.Collections.Frozen;

namespace MvStore;

/// <summary>
/// The floors of all kinds of keys: a default, and kinds that differ. Immutable; compared by reference where "has the floor moved" is
/// asked. Safe from any thread.
/// </summary>
public sealed class FloorSet
{
    private readonly FrozenDictionary<EntryKind, CommitVersion> _byKind;

    /// <summary>Makes a set of floors.</summary>
    /// <param name="default">The floor of every kind that is not listed.</param>
    /// <param name="byKind">Kinds with a floor of their own.</param>
    /// <exception cref="ArgumentNullException"><paramref name="byKind"/> is null.</exception>
    public FloorSet(CommitVersion @default, IEnumerable<KeyValuePair<EntryKind, CommitVersion>> byKind)
    {
        ArgumentNullException.ThrowIfNull(byKind);
        Default = @default;
        _byKind = byKind.ToFrozenDictionary();
        Lowest = _byKind.Count == 0 ? @default : Min(@default, _byKind.Values.Min());
        Highest = _byKind.Count == 0 ? @default : Max(@default, _byKind.Values.Max());
    }

    /// <summary>Nothing was ever reclaimed: every floor is 0.</summary>
    public static FloorSet None { get; } = new(CommitVersion.Zero, []);

    /// <summary>The floor of every kind that is not listed.</summary>
    public CommitVersion Default { get; }

    /// <summary>The lowest of all floors.</summary>
    public CommitVersion Lowest { get; }

    /// <summary>The highest of all floors.</summary>
    public CommitVersion Highest { get; }

    /// <summary>Kinds with a floor of their own.</summary>
    public IReadOnlyDictionary<EntryKind, CommitVersion> ByKind => _byKind;

    /// <summary>The floor of one kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The floor.</returns>
    public CommitVersion Of(EntryKind kind)
        => _byKind.Count != 0 && _byKind.TryGetValue(kind, out var floor) ? floor : Default;

    /// <summary>The floor of one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="classifier">Tells the key's kind.</param>
    /// <returns>The floor.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="classifier"/> is null.</exception>
    public CommitVersion Of(ReadOnlySpan<byte> key, IKeyClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return _byKind.Count == 0 ? Default : Of(classifier.Classify(key));
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

        return highest;
    }

    /// <summary>The higher floor of each kind.</summary>
    /// <param name="other">The other floors.</param>
    /// <returns>This set when nothing is higher in the other.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    public FloorSet RaisedTo(FloorSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var kinds = _byKind.Keys.Union(other._byKind.Keys).ToArray();
        if (other.Default <= Default && kinds.All(k => other.Of(k) <= Of(k)))
        {
            return this;
        }

        return new FloorSet(
            Max(Default, other.Default),
            kinds.Select(k => KeyValuePair.Create(k, Max(Of(k), other.Of(k)))));
    }

    private static CommitVersion Min(CommitVersion left, CommitVersion right) => left < right ? left : right;

    private static CommitVersion Max(CommitVersion left, CommitVersion right) => left > right ? left : right;
}
