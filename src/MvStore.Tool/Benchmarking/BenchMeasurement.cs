namespace MvStore.Tool.Benchmarking;

/// <summary>How fast something was: measured in slices, one after another.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Unit">What was counted.</param>
/// <param name="Rates">Of each slice, how many there were in a second; at least one.</param>
internal sealed record BenchMeasurement(string Name, string Unit, IReadOnlyList<double> Rates)
{
    /// <summary>The middle one.</summary>
    public double Median => Rates.Order().ElementAt(Rates.Count / 2);

    /// <summary>The slowest slice.</summary>
    public double Lowest => Rates.Min();

    /// <summary>The fastest slice.</summary>
    public double Highest => Rates.Max();
}
