using MvStore.Tool.Watching;

namespace MvStore.Tool.Rendering.Json;

/// <summary>What an instrument said.</summary>
internal sealed record TopInstrumentDocument
{
    public required string Name { get; init; }

    /// <summary>What tells it from others of that name; absent for nothing.</summary>
    public required string? Tags { get; init; }

    public required string Unit { get; init; }

    /// <summary>The value; of a distribution, how many there were in the interval.</summary>
    public required double Value { get; init; }

    /// <summary>How fast it rose; absent for what is no count.</summary>
    public required double? PerSecond { get; init; }

    /// <summary>Of a distribution, as in <c>0.5=0.01;0.95=0.02;0.99=0.02</c>; absent otherwise.</summary>
    public required string? Quantiles { get; init; }

    /// <summary>What was read.</summary>
    public static TopInstrumentDocument Of(InstrumentReading reading) => new()
    {
        Name = reading.Name,
        Tags = reading.Tags.Length == 0 ? null : reading.Tags,
        Unit = reading.Unit,
        Value = reading.Value,
        PerSecond = reading.PerSecond,
        Quantiles = reading.Quantiles.Length == 0 ? null : reading.Quantiles,
    };
}
