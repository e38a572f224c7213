namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>get --json</c>.</summary>
internal sealed record GetDocument : PathDocument
{
    /// <summary>The version that was read at.</summary>
    public required ulong At { get; init; }

    /// <summary>The version that wrote the value.</summary>
    public required ulong Version { get; init; }

    public required string Mode { get; init; }

    public required int Size { get; init; }

    public required string ValueBase64 { get; init; }
}
