namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>scan --json</c>.</summary>
internal sealed record ScanDocument
{
    /// <summary>The version that was read at.</summary>
    public required ulong At { get; init; }

    public required IReadOnlyList<ScanEntryDocument> Paths { get; init; }
}
