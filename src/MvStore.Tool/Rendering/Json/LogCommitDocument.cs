namespace MvStore.Tool.Rendering.Json;

/// <summary>One commit of <c>log dump --json</c>.</summary>
internal sealed record LogCommitDocument
{
    public required ulong Sequence { get; init; }

    public required ulong Version { get; init; }

    public required int Rows { get; init; }

    public required int Tombstones { get; init; }

    public required int Drops { get; init; }

    public required long Bytes { get; init; }
}
