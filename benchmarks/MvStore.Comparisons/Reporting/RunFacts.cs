using MvStore.Workloads.Measuring;
using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>How the figures were made.</summary>
internal static class RunFacts
{
    private const string Run = "dotnet run -c Release --project benchmarks/MvStore.Comparisons";
    private static readonly string[] NotForTheRecord = ["--data", "--output"];

    /// <summary>The command, without the folders of this machine.</summary>
    public static string Command()
    {
        var arguments = Environment.GetCommandLineArgs().Skip(1).ToList();
        foreach (var option in NotForTheRecord)
        {
            var at = arguments.IndexOf(option);
            if (at >= 0)
            {
                arguments.RemoveRange(at, Math.Min(2, arguments.Count - at));
            }
        }

        return string.Join(' ', [Run, .. arguments.Count > 0 ? ["--", .. arguments] : arguments]);
    }

    /// <summary>What others did on the machine meanwhile.</summary>
    public static string ForeignLoad(ResultSet results)
    {
        var loads = results.AllOf(Metrics.ForeignCores).ToArray();
        return loads.Length == 0
            ? "not measured"
            : $"others kept {Figures.ThreeDigits(loads.Select(l => l.Median).Order().ElementAt(loads.Length / 2))} cores busy "
                + $"in the median, {Figures.ThreeDigits(loads.Max(l => l.Max))} at the most";
    }
}
