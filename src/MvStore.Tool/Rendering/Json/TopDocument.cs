namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>top --json</c>.</summary>
internal sealed record TopDocument
{
    /// <summary>The process that was watched.</summary>
    public required int Process { get; init; }

    /// <summary>How many seconds a reading covers.</summary>
    public required int Interval { get; init; }

    /// <summary>The readings, the oldest first.</summary>
    public required IReadOnlyList<TopReadingDocument> Readings { get; init; }
}
