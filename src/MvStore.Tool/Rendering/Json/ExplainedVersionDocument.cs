namespace MvStore.Tool.Rendering.Json;

/// <summary>One version of a key and the verdict on it.</summary>
internal sealed record ExplainedVersionDocument
{
    public required ulong Version { get; init; }

    /// <summary>The publication that wrote it.</summary>
    public required ulong Sequence { get; init; }

    public required bool Deleted { get; init; }

    /// <summary>Bytes of key and value.</summary>
    public required long Bytes { get; init; }

    public required string Verdict { get; init; }

    /// <summary>The owners of what sees it.</summary>
    public required IReadOnlyList<string> SeenBy { get; init; }
}
