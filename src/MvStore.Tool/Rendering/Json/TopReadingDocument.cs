namespace MvStore.Tool.Rendering.Json;

/// <summary>What the stores of a process said at the end of an interval.</summary>
internal sealed record TopReadingDocument
{
    public required IReadOnlyList<TopStoreDocument> Stores { get; init; }
}
