namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>stat --json</c>.</summary>
internal sealed record StatDocument
{
    public required string Store { get; init; }

    public required ulong Versions { get; init; }

    public required ulong Floor { get; init; }

    public required ulong DurableVersion { get; init; }

    /// <summary>The commit of the newest version; absent in an empty store.</summary>
    public required string? Commit { get; init; }

    /// <summary>Paths of the newest version.</summary>
    public required long Paths { get; init; }

    /// <summary>Bytes of their contents.</summary>
    public required long PathBytes { get; init; }

    /// <summary>Keys of the newest version: paths, modes and commits.</summary>
    public required long Keys { get; init; }

    /// <summary>Bytes of all files of the store.</summary>
    public required long StoreBytes { get; init; }
}
