namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>history --json</c>.</summary>
internal sealed record HistoryDocument : PathDocument
{
    /// <summary>The versions that changed the path, newest first.</summary>
    public required IReadOnlyList<HistoryEventDocument> Events { get; init; }
}
