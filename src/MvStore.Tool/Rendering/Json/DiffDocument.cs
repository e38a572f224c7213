namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>diff --json</c>.</summary>
internal sealed record DiffDocument
{
    public required ulong From { get; init; }

    public required ulong To { get; init; }

    public required IReadOnlyList<DiffEntryDocument> Changes { get; init; }
}
