using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>Writes the report and its charts, and says on the console what was reached.</summary>
internal static class ReportFiles
{
    public const string DefaultPath = "benchmarks/RESULTS.md";

    public static void Write(RunOutcome outcome)
    {
        PrintTargets(outcome, Console.Out);
        if (outcome.Request.Output is not { } path)
        {
            return;
        }

        var file = new FileInfo(path);
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var (targets, latency) = ($"{name}-targets.svg", $"{name}-latency.svg");
        file.Directory!.Create();
        File.WriteAllText(Path.Combine(file.DirectoryName!, targets), TargetChart.Draw(outcome));
        File.WriteAllText(Path.Combine(file.DirectoryName!, latency), LatencyChart.Draw(outcome));
        File.WriteAllText(file.FullName, new ResultsDocument(outcome).ToMarkdown(targets, latency));
        Console.WriteLine($"written: {path}");
    }

    private static void PrintTargets(RunOutcome outcome, TextWriter output)
    {
        output.WriteLine();
        foreach (var target in TargetCatalog.All)
        {
            if (target.Measure(outcome) is { } value)
            {
                var verdict = target.IsReachedBy(value) ? "reached" : "missed";
                output.WriteLine($"{verdict,-8} {target.Workload,-4} {target.Wording}: {Figures.Ratio(value)}, target {target.LimitText}");
            }
        }
    }
}
