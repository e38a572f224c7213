using System.Globalization;

namespace MvStore.Reliability.Soak;

/// <summary>
/// How a figure grows with time: the line of least squares through the medians of some portions of equal length, as part of the mean per hour, and its standard error. Medians of portions,
/// because what a runtime or an allocator does now and then is not growth, and because neighbouring samples say the same.
/// </summary>
internal sealed record SoakTrend(double PerHour, double Error, double Mean, TimeSpan Span)
{
    private const int Portions = 24;

    /// <summary>The least growth that the samples allow with 95 % certainty, as part of the mean per hour.</summary>
    public double AtLeast => PerHour - (2 * Error);

    /// <summary>The trend of a figure; null if there are too few samples.</summary>
    /// <param name="samples">Samples, in order of time.</param>
    /// <param name="figure">The figure.</param>
    public static SoakTrend? Of(IReadOnlyList<SoakSample> samples, Func<SoakSample, double> figure)
    {
        if (samples.Count < 3 * Portions)
        {
            return null;
        }

        var points = samples.Chunk((samples.Count + Portions - 1) / Portions)
            .Select(portion => (X: portion.Average(s => s.Time.TotalHours), Y: Median(portion.Select(figure))))
            .ToArray();
        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        var spread = points.Sum(p => (p.X - x) * (p.X - x));
        var slope = points.Sum(p => (p.X - x) * (p.Y - y)) / spread;
        var rest = points.Sum(p => Math.Pow(p.Y - y - (slope * (p.X - x)), 2));
        var error = Math.Sqrt(rest / (points.Length - 2) / spread);
        return new SoakTrend(slope / y, error / y, y, samples[^1].Time - samples[0].Time);
    }

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{100 * PerHour:+0.00;-0.00} % an hour, +/- {200 * Error:0.00}, over {Span.TotalHours:0.0} h");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
