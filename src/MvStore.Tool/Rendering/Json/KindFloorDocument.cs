namespace MvStore.Tool.Rendering.Json;

/// <summary>The floor of one kind of keys.</summary>
internal sealed record KindFloorDocument
{
    /// <summary>The kind, such as <c>operator(7)</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The lowest version at which keys of it can be read.</summary>
    public required ulong Floor { get; init; }
}
