namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>stat --json</c>.</summary>
internal sealed record StatDocument
{
    public required string Store { get; init; }

    /// <summary>The newest version.</summary>
    public required ulong Versions { get; init; }

    /// <summary>The lowest version that can be read, of keys whose kind has no floor of its own.</summary>
    public required ulong Floor { get; init; }

    public required ulong DurableVersion { get; init; }

    /// <summary>The highest version in the store's file, as it lay there: what is in the commit log only may be above it.</summary>
    public required ulong StoredVersion { get; init; }

    /// <summary>The last publication in the store's file, as it lay there.</summary>
    public required ulong StoredPublication { get; init; }

    /// <summary>The commit of the newest version; absent in an empty store, and in one that no import made.</summary>
    public required string? Commit { get; init; }

    /// <summary>Paths of the newest version.</summary>
    public required long Paths { get; init; }

    /// <summary>Bytes of their contents.</summary>
    public required long PathBytes { get; init; }

    /// <summary>Keys of the newest version: paths, modes and commits.</summary>
    public required long Keys { get; init; }

    /// <summary>Bytes of all files of the store, after it was closed.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>The files as they lay there.</summary>
    public required FileSizesDocument Files { get; init; }

    /// <summary>The commit log as it lay there; absent if there is none.</summary>
    public required LogLagDocument? Log { get; init; }

    /// <summary>All history that is kept, by kind of key.</summary>
    public required IReadOnlyList<KeyTotalsDocument> Kinds { get; init; }

    /// <summary>Kinds of keys, as the program that owns the store tells them apart, that have a floor of their own.</summary>
    public required IReadOnlyList<KindFloorDocument> Floors { get; init; }

    /// <summary>Keys with a floor of their own, because they were dropped.</summary>
    public required int KeyFloors { get; init; }

    /// <summary>Drops that are not in force yet.</summary>
    public required int PendingDrops { get; init; }

    /// <summary>Leases within their limits: the pins of a store that nobody has open.</summary>
    public required IReadOnlyList<LeaseDocument> Leases { get; init; }
}
