namespace MvStore.GarbageCollection;

/// <summary>Turns the highest possible floor into the floors that retention asks for.</summary>
internal sealed class RetentionPolicy(GarbageCollectionOptions options)
{
    private readonly ulong? _default = options.RetainVersions;
    private readonly KeyValuePair<EntryKind, ulong?>[] _byKind = [.. options.RetainVersionsByKind];

    /// <summary>Whether kinds of keys differ in what they keep.</summary>
    public bool DistinguishesKinds => _byKind.Length > 0;

    /// <summary>The floors at a distance below a version.</summary>
    public FloorSet FloorsBelow(CommitVersion highest)
        => new(Below(highest, _default), _byKind.Select(k => KeyValuePair.Create(k.Key, Below(highest, k.Value))));

    private static CommitVersion Below(CommitVersion highest, ulong? distance)
        => distance is { } d && highest.Value > d ? highest.Value - d : CommitVersion.Zero;
}
