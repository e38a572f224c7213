namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>log dump --json</c>.</summary>
internal sealed record LogDumpDocument
{
    public required string Log { get; init; }

    public required IReadOnlyList<LogCommitDocument> Commits { get; init; }
}
