using MvStore.Tool.Watching;

namespace MvStore.Tool.Rendering.Json;

/// <summary>What a store said.</summary>
internal sealed record TopStoreDocument
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<TopInstrumentDocument> Instruments { get; init; }

    /// <summary>What was read.</summary>
    public static TopStoreDocument Of(StoreReading reading)
        => new() { Name = reading.Store, Instruments = [.. reading.Instruments.Select(TopInstrumentDocument.Of)] };
}
