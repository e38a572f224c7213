namespace MvStore.Tool.Rendering.Json;

/// <summary>One thing a verification of a store found.</summary>
internal sealed record FindingDocument
{
    /// <summary>The table, or <c>file</c>, <c>schema</c> or <c>mark</c>.</summary>
    public required string Where { get; init; }

    public required string Problem { get; init; }

    /// <summary>The key of the row as stored; absent when it is not about one.</summary>
    public required byte[]? KeyBase64 { get; init; }

    /// <summary>The version of the row as stored; absent when it is not about one.</summary>
    public required ulong? Version { get; init; }
}
