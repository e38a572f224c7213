namespace MvStore.Tool.Rendering.Json;

/// <summary>What a commit of <c>changes --json</c> did to one key.</summary>
internal sealed record KeyChangeDocument
{
    /// <summary><c>set</c> or <c>remove</c>.</summary>
    public required string Kind { get; init; }

    public required byte[] KeyBase64 { get; init; }

    /// <summary>The new value; absent for a removal, and unless values were asked for.</summary>
    public byte[]? ValueBase64 { get; init; }

    /// <summary>The value before; absent if there was none, and unless it was asked for.</summary>
    public byte[]? OldValueBase64 { get; init; }
}
