namespace MvStore.Tool.Rendering.Json;

/// <summary>One path that differs.</summary>
internal sealed record DiffEntryDocument : PathDocument
{
    /// <summary><c>added</c>, <c>modified</c> or <c>deleted</c>.</summary>
    public required string Change { get; init; }

    /// <summary>The size before; absent when the path is new.</summary>
    public required int? OldSize { get; init; }

    /// <summary>The size after; absent when the path is gone.</summary>
    public required int? NewSize { get; init; }

    /// <summary>The mode before; absent when the path is new.</summary>
    public required string? OldMode { get; init; }

    /// <summary>The mode after; absent when the path is gone.</summary>
    public required string? NewMode { get; init; }
}
