using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>Cells of the report's tables.</summary>
internal sealed class FigureCells(ResultSet results)
{
    /// <summary>A figure with its range.</summary>
    public string Range(string workload, EngineDescriptor engine, string metric, Func<double, string> format)
        => Figures.WithRange(results.Find(workload, engine.Id, metric), format);

    /// <summary>A time under some prefix, and beside writers.</summary>
    public string Pair(string workload, EngineDescriptor engine, string prefix, string metric)
        => $"{Time(workload, engine, prefix + metric)}, {Time(workload, engine, Metrics.Beside + metric)}";

    /// <summary>A time: the median of the runs, or the longest of all.</summary>
    public string Time(string workload, EngineDescriptor engine, string metric)
        => metric.EndsWith(Metrics.Longest, StringComparison.Ordinal)
            ? Longest(workload, engine, metric, Figures.Time)
            : results.MedianOf(workload, engine.Id, metric) is { } time ? Figures.Time(time) : Figures.Missing;

    /// <summary>The highest figure of all runs.</summary>
    public string Longest(string workload, EngineDescriptor engine, string metric, Func<double, string> format)
        => results.Find(workload, engine.Id, metric) is { } series ? format(series.Max) : Figures.Missing;
}
