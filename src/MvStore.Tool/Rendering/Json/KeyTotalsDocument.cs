using MvStore.Tool.Storing;

namespace MvStore.Tool.Rendering.Json;

/// <summary>All history that is kept of one kind of keys.</summary>
internal sealed record KeyTotalsDocument
{
    /// <summary><c>paths</c>, <c>modes</c>, <c>commits</c> and <c>others</c> of an import; <c>keys</c> of another store.</summary>
    public required string Kind { get; init; }

    public required long Keys { get; init; }

    /// <summary>Keys of the newest version.</summary>
    public required long KeysNow { get; init; }

    /// <summary>Versions, deletions included.</summary>
    public required long Versions { get; init; }

    public required long Deletions { get; init; }

    /// <summary>Bytes of keys and values.</summary>
    public required long Bytes { get; init; }

    /// <summary>What was counted.</summary>
    public static KeyTotalsDocument Of(KeyTotals totals) => new()
    {
        Kind = totals.Kind,
        Keys = totals.Keys,
        KeysNow = totals.KeysNow,
        Versions = totals.Versions,
        Deletions = totals.Deletions,
        Bytes = totals.Bytes,
    };
}
