using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>What the report says of the workloads of the disk, of those that ran.</summary>
internal sealed class DiskSections(RunOutcome outcome)
{
    private readonly FigureCells _cells = new(outcome.Results);

    public string ToMarkdown() => string.Concat(
        Section(
            "Durable commits",
            "Each returns when it is synced; then the store is closed, opened again, and asked for every row. Longest of all runs.",
            ["W11", "W11x16"],
            new Column("commits/s", (w, e) => _cells.Range(w, e, Metrics.Rate, Figures.Count)),
            new Column("p99.9", (w, e) => _cells.Time(w, e, Metrics.CommitPercentile999)),
            new Column("longest", (w, e) => _cells.Longest(w, e, Metrics.LongestCommit, Figures.Time))),
        Section(
            "Reclamation",
            "Three readers alone, then beside the reclamation of 9 of 10 versions of each key.",
            ["W12", "W12d"],
            new Column("versions/s", (w, e) => _cells.Range(w, e, Metrics.Rate, Figures.Count)),
            new Column("readers' p99 alone, beside", (w, e) => _cells.Pair(w, e, Metrics.Alone, Metrics.Percentile99)),
            new Column("p99.9 alone, beside", (w, e) => _cells.Pair(w, e, Metrics.Alone, Metrics.Percentile999)),
            new Column("longest alone, beside", (w, e) => _cells.Pair(w, e, Metrics.Alone, Metrics.Longest))),
        Section(
            "Opening",
            "A store that was closed in order.",
            ["W15"],
            new Column("open", (w, e) => _cells.Range(w, e, Metrics.OpenTime, Figures.Time)),
            new Column("open and first read", (w, e) => _cells.Range(w, e, Metrics.FirstReadTime, Figures.Time))),
        Section(
            "Endurance",
            "W2 with flushes, eviction and reclamation, and memory for a quarter of the rows; against W2 without a disk in the same process. "
                + "A run ends early when memory runs away.",
            ["W17"],
            new Column("commits/s", (w, e) => _cells.Range(w, e, Metrics.Rate, Figures.Count)),
            new Column("in memory only", (w, e) => _cells.Range(w, e, Metrics.MemoryOnlyRate, Figures.Count)),
            new Column("p99.9", (w, e) => _cells.Time(w, e, Metrics.CommitPercentile999)),
            new Column("longest", (w, e) => _cells.Longest(w, e, Metrics.LongestCommit, Figures.Time)),
            new Column("run for", (w, e) => _cells.Time(w, e, Metrics.RunTime)),
            new Column("budget, bytes", (w, e) => _cells.Range(w, e, Metrics.Budget, Figures.Count)),
            new Column("rows / budget", (w, e) => _cells.Longest(w, e, Metrics.BudgetUse, Figures.ThreeDigits)),
            new Column("process / budget", (w, e) => _cells.Longest(w, e, Metrics.ProcessBudgetUse, Figures.ThreeDigits))));

    private string Section(string heading, string about, string[] ids, params IEnumerable<Column> columns)
    {
        var table = new MarkdownTable(["", "", .. columns.Select(c => c.Heading)]);
        var isEmpty = true;
        foreach (var workload in outcome.Request.Workloads.Where(w => ids.Contains(w.Id)))
        {
            foreach (var engine in outcome.Request.Engines.Where(e => outcome.Results.Find(workload.Id, e.Id) is not null))
            {
                isEmpty = false;
                table.Add([workload.Id, engine.Name, .. columns.Select(c => c.Cell(workload.Id, engine))]);
            }
        }

        return isEmpty ? string.Empty : $"## {heading}\n\n{about}\n\n{table}\n";
    }

    private sealed record Column(string Heading, Func<string, EngineDescriptor, string> Cell);
}
