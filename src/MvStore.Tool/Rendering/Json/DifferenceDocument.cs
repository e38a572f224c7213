namespace MvStore.Tool.Rendering.Json;

/// <summary>One difference between the store and git.</summary>
internal sealed record DifferenceDocument : PathDocument
{
    public required ulong Version { get; init; }

    public required string Commit { get; init; }

    /// <summary>What differs.</summary>
    public required string What { get; init; }
}
