namespace MvStore.Tests.Model;

/// <summary>
/// The floors at some moment, in the plainest way: those of kinds, and a list of keys with one of their own. Compared by what they say.
/// </summary>
internal sealed class ReferenceFloors(FloorSet kinds, IReadOnlyList<(byte[] Key, ulong Floor)> keys, IKeyClassifier classifier)
{
    public FloorSet Kinds { get; } = kinds;

    public IReadOnlyList<(byte[] Key, ulong Floor)> Keys { get; } = keys;

    public ulong Default => Kinds.Default.Value;

    public ulong Lowest => Kinds.Lowest.Value;

    public ulong Of(byte[] key)
        => Keys.Where(k => k.Key.AsSpan().SequenceEqual(key)).Select(k => k.Floor).Append(Kinds.Of(classifier.Classify(key)).Value).Max();

    /// <summary>The highest floor a range crosses.</summary>
    public ulong In(KeyRange range)
        => Kinds.ByKind
            .Where(f => classifier.CanHold(range, f.Key))
            .Select(f => f.Value.Value)
            .Concat(Keys.Where(k => range.Contains(k.Key)).Select(k => k.Floor))
            .Append(Default)
            .Max();

    /// <summary>Whether the floor of a key may have risen since: its own did, or that of any kind.</summary>
    public bool HasRisenFor(byte[] key, ReferenceFloors since) => KindsHaveRisen(since) || Of(key) > since.Of(key);

    /// <summary>The same for any key of a range.</summary>
    public bool HasRisenIn(KeyRange range, ReferenceFloors since)
        => KindsHaveRisen(since) || Keys.Any(k => range.Contains(k.Key) && k.Floor > since.Of(k.Key));

    private bool KindsHaveRisen(ReferenceFloors since)
        => Kinds.Default > since.Kinds.Default || Kinds.ByKind.Any(k => k.Value > since.Kinds.Of(k.Key));
}
