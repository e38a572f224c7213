namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>pins --json</c>.</summary>
internal sealed record PinsDocument
{
    public required string Store { get; init; }

    /// <summary>The lowest version that could be read after reclamation.</summary>
    public required ulong Floor { get; init; }

    /// <summary>The leases, lowest version first.</summary>
    public required IReadOnlyList<PinnedLeaseDocument> Leases { get; init; }

    /// <summary>The holds of changes, furthest back first.</summary>
    public required IReadOnlyList<ChangeHoldDocument> Holds { get; init; }

    /// <summary>The versions that some lease keeps.</summary>
    public required long PinnedVersions { get; init; }

    /// <summary>Bytes of their keys and values.</summary>
    public required long PinnedBytes { get; init; }
}
