using System.Globalization;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>A ratio or figure that MvStore is to reach.</summary>
/// <param name="Workload">The workload it belongs to.</param>
/// <param name="Wording">What is compared, in words.</param>
/// <param name="Bound">Whether the limit is to be reached or not to be passed.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Measure">Reads the value from an outcome; null if something needed was not measured.</param>
internal sealed record Target(string Workload, string Wording, TargetBound Bound, double Limit, Func<RunOutcome, double?> Measure)
{
    /// <summary>The limit as text.</summary>
    public string LimitText => $"{(Bound == TargetBound.AtLeast ? "≥" : "≤")} {Limit.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>How far a value is: 1 is just reached, above is better.</summary>
    public double ScoreOf(double value) => Bound == TargetBound.AtLeast ? value / Limit : Limit / value;

    public bool IsReachedBy(double value) => ScoreOf(value) >= 1;
}
