namespace MvStore.Tool.Rendering.Json;

/// <summary>One version of a path.</summary>
internal sealed record HistoryEventDocument
{
    public required ulong Version { get; init; }

    public required string Commit { get; init; }

    public required string Author { get; init; }

    /// <summary>When it was authored; absent when git's record of it makes no sense.</summary>
    public required DateTimeOffset? Time { get; init; }

    public required string Subject { get; init; }

    public required bool Deleted { get; init; }

    /// <summary>The size in bytes; absent for a deletion.</summary>
    public required int? Size { get; init; }

    /// <summary>The mode; absent for a deletion.</summary>
    public required string? Mode { get; init; }
}
