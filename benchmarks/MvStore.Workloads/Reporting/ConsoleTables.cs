using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Running;

namespace MvStore.Workloads.Reporting;

/// <summary>The figures as text.</summary>
internal static class ConsoleTables
{
    private static readonly string[] InTheirOwnTable = [Metrics.Rate, Metrics.ForeignCores];

    public static void Write(RunOutcome outcome, TextWriter output)
    {
        var request = outcome.Request;
        output.WriteLine();
        output.WriteLine($"N = {request.Settings.Keys:N0}, median (smallest..largest) of {request.Settings.Runs} run(s)"
            + (request.Settings.IsQuick ? "; a smoke run, its figures mean nothing" : string.Empty));
        foreach (var workload in request.Workloads)
        {
            output.WriteLine($"{workload.Id}: {workload.Title}");
            foreach (var engine in request.Engines.Where(e => outcome.Results.Find(workload.Id, e.Id) is not null))
            {
                Write(outcome, workload, engine, output);
            }
        }

        foreach (var failure in outcome.Failures)
        {
            output.WriteLine($"FAILED {failure.Workload} {failure.Engine}: {failure.Reason}");
        }
    }

    private static void Write(RunOutcome outcome, Workload workload, EngineDescriptor engine, TextWriter output)
    {
        var rate = outcome.Results.Find(workload.Id, engine.Id)!;
        output.WriteLine($"  {engine.Name,-14} {Figures.WithRange(rate, Figures.Count)} {workload.Unit}/s");
        foreach (var metric in outcome.Results.MetricsOf(workload.Id, engine.Id).Except(InTheirOwnTable))
        {
            var series = outcome.Results.Find(workload.Id, engine.Id, metric);
            output.WriteLine($"      {metric}: {Figures.WithRange(series, Figures.Count)}");
        }

        if (outcome.Grown?.MedianOf(workload.Id, engine.Id) is { } grown)
        {
            output.WriteLine($"      on {RunSettings.GrowthFactor} times the keys: {Figures.Ratio(grown / rate.Median)} of that rate");
        }
    }
}
