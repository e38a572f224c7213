namespace MvStore.Tool.Rendering.Json;

/// <summary>One path of a scan.</summary>
internal sealed record ScanEntryDocument : PathDocument
{
    /// <summary>The version that wrote the content.</summary>
    public required ulong Version { get; init; }

    public required string Mode { get; init; }

    public required int Size { get; init; }
}
