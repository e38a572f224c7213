namespace MvStore.Tool.Rendering.Json;

/// <summary>A lease.</summary>
internal sealed record LeaseDocument
{
    public required string Name { get; init; }

    /// <summary>The version it sees.</summary>
    public required ulong Version { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether it protects some keys only.</summary>
    public required bool Scoped { get; init; }
}
