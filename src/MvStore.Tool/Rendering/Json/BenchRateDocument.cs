using MvStore.Tool.Benchmarking;

namespace MvStore.Tool.Rendering.Json;

/// <summary>How fast something was.</summary>
internal sealed record BenchRateDocument
{
    public required string Name { get; init; }

    /// <summary>What was counted.</summary>
    public required string Unit { get; init; }

    /// <summary>How many in a second: the middle one of the slices.</summary>
    public required double PerSecond { get; init; }

    /// <summary>The slowest slice.</summary>
    public required double Lowest { get; init; }

    /// <summary>The fastest slice.</summary>
    public required double Highest { get; init; }

    /// <summary>What was measured, to whole numbers.</summary>
    public static BenchRateDocument Of(BenchMeasurement measurement) => new()
    {
        Name = measurement.Name,
        Unit = measurement.Unit,
        PerSecond = Math.Round(measurement.Median),
        Lowest = Math.Round(measurement.Lowest),
        Highest = Math.Round(measurement.Highest),
    };
}
