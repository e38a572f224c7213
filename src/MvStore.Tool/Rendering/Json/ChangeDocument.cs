namespace MvStore.Tool.Rendering.Json;

/// <summary>One commit of <c>changes --json</c>: a line.</summary>
internal sealed record ChangeDocument
{
    /// <summary>What to give to <c>--after</c> to go on behind this commit.</summary>
    public required string Position { get; init; }

    public required ulong Sequence { get; init; }

    public required ulong Version { get; init; }

    public required IReadOnlyList<KeyChangeDocument> Changes { get; init; }
}
