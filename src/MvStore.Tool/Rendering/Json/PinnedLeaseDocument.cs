namespace MvStore.Tool.Rendering.Json;

/// <summary>One lease, and what it keeps.</summary>
internal sealed record PinnedLeaseDocument
{
    public required string Name { get; init; }

    /// <summary>The version it sees.</summary>
    public required ulong Version { get; init; }

    /// <summary>The last publication it sees.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When it was opened, or moved to its version.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it ends if it is not renewed.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The versions in the file that it alone keeps.</summary>
    public required long HeldVersions { get; init; }

    /// <summary>Bytes of their keys and values.</summary>
    public required long HeldBytes { get; init; }

    /// <summary>The only keys it keeps begin here; absent if it keeps from the first on.</summary>
    public required byte[]? FromBase64 { get; init; }

    /// <summary>Whether that key itself is among them; absent with it.</summary>
    public required bool? FromIncluded { get; init; }

    /// <summary>The only keys it keeps end here; absent if it keeps up to the last.</summary>
    public required byte[]? UntilBase64 { get; init; }

    /// <summary>Whether that key itself is among them; absent with it.</summary>
    public required bool? UntilIncluded { get; init; }
}
