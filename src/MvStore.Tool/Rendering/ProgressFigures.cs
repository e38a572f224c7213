using System.Globalization;

namespace MvStore.Tool.Rendering;

/// <summary>How far work has come, how fast it goes, and how long it will take. The rate is that of this run.</summary>
internal readonly record struct ProgressFigures(ProgressPlan Plan, long Done, TimeSpan Elapsed)
{
    /// <summary>Whole percent done.</summary>
    public int Percent => Plan.Total == 0 ? 100 : (int)(Done * 100 / Plan.Total);

    /// <summary>Units a second; 0 before anything was done.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? (Done - Plan.Start) / Elapsed.TotalSeconds : 0;

    /// <summary>The time left at this rate; null when there is no rate yet.</summary>
    public TimeSpan? Left => Rate > 0 ? TimeSpan.FromSeconds((Plan.Total - Done) / Rate) : null;

    /// <summary>The counts, as in <c>1,200 of 5,000 commits</c>.</summary>
    public string Counts => string.Create(CultureInfo.InvariantCulture, $"{Done:N0} of {Plan.Total:N0} {Plan.Unit}");

    /// <summary>The rate, as in <c>830/s</c>.</summary>
    public string RateText => Rate >= 10
        ? string.Create(CultureInfo.InvariantCulture, $"{Rate:N0}/s")
        : string.Create(CultureInfo.InvariantCulture, $"{Rate:0.0}/s");

    /// <summary>The time left, as in <c>1:05 left</c>.</summary>
    public string LeftText => Left is { } left ? $"{Figures.Clock(left)} left" : "-:-- left";
}
