namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>log dump --json</c>.</summary>
internal sealed record LogDumpDocument
{
    public required string Log { get; init; }

    /// <summary>The version of the log's format; 0 when it was never used.</summary>
    public required int Format { get; init; }

    public required IReadOnlyList<LogCommitDocument> Commits { get; init; }
}
