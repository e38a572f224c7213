using System.Globalization;
using MvStore.Workloads;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>The report: how it was measured, what was reached, all figures.</summary>
internal sealed class ResultsDocument(RunOutcome outcome)
{
    private readonly RunRequest _request = outcome.Request;
    private readonly ResultSet _results = outcome.Results;
    private readonly EngineDescriptor[] _taking = [.. outcome.Request.Engines.Where(e => e.Unavailable is null)];

    public string ToMarkdown(string targetChart, string latencyChart) => $"""
        # Results

        Written by the comparison itself; do not edit. {Method()}

        {Facts()}
        ## Targets

        ![How far MvStore is from each target]({targetChart})

        {Targets()}
        ## Rates

        Per second: median (smallest..largest). {Figures.Missing} means that the engine cannot do it, or was not asked.

        {Rates()}
        ### Against CD

        {AgainstDictionary()}
        ## Readers beside writers

        ![Latency of a point get with and without a writer]({latencyChart})

        W8: three readers alone, then beside one writer that commits four sets at a time as fast as it can.

        {BesideWriter()}
        W8i: three readers beside six threads on {Environment.ProcessorCount} cores. First the six only compute, then they insert: what is
        longer then was spent waiting for a writer or for the collector. "Longest" is the longest of all runs.

        {BesideInserters()}
        ## Memory and collector

        Bytes a row: growth of the whole process over the load, settled (W13). Pauses: the longest of all runs, in ms.

        {Memory()}
        {Growth()}## Engines

        {Engines()}
        {Failures()}
        """.TrimEnd() + Environment.NewLine;

    private string Method()
        => $"N = {Number(_request.Settings.Keys)} keys of 16 bytes, values of 100 bytes; {_request.Settings.Runs} run(s) of "
            + $"{_request.Settings.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s behind a warm-up, or of a whole load. "
            + "Each engine has a process of its own; rounds alternate between the engines. Every answer is checked."
            + (_request.Settings.IsQuick ? " **A smoke run: its figures mean nothing.**" : string.Empty);

    private MarkdownTable Facts() => new MarkdownTable("", "")
        .Add("machine", MachineFacts.Processor())
        .Add("software", MachineFacts.Software())
        .Add("commit", MachineFacts.Commit())
        .Add("command", $"`{RunFacts.Command()}`")
        .Add("beside it", RunFacts.ForeignLoad(_results));

    private MarkdownTable Targets()
    {
        var table = new MarkdownTable("workload", "compared", "value", "target", "");
        foreach (var target in TargetCatalog.All)
        {
            var value = target.Measure(outcome);
            var verdict = value is { } measured ? (target.IsReachedBy(measured) ? "**reached**" : "missed") : "not measured";
            table.Add(
                target.Workload,
                target.Wording,
                Figures.Ratio(value),
                target.LimitText,
                verdict);
        }

        return table;
    }

    private MarkdownTable Rates()
    {
        var table = new MarkdownTable(["workload", "", .. _taking.Select(e => e.Name)]);
        foreach (var workload in _request.Workloads)
        {
            table.Add(
            [
                workload.Id,
                $"{workload.Title}: {workload.Unit}",
                .. _taking.Select(e => Figures.WithRange(_results.Find(workload.Id, e.Id), Figures.Count)),
            ]);
        }

        return table;
    }

    private MarkdownTable AgainstDictionary()
    {
        var table = new MarkdownTable(["workload", .. _taking.Select(e => e.Name)]);
        foreach (var workload in _request.Workloads.Where(w => _results.Find(w.Id, "cd") is not null))
        {
            var dictionary = _results.MedianOf(workload.Id, "cd");
            table.Add([workload.Id, .. _taking.Select(e => Figures.Ratio(_results.MedianOf(workload.Id, e.Id) / dictionary))]);
        }

        return table;
    }

    private MarkdownTable BesideWriter()
    {
        var table = new MarkdownTable(
            "",
            "readers, ratio",
            "p50 alone, beside",
            "p99 alone, beside",
            "p99.9 alone, beside",
            "longest alone, beside",
            "writer, commits/s");
        foreach (var engine in _taking.Where(e => _results.Find("W8", e.Id) is not null))
        {
            table.Add(
                engine.Name,
                Figures.WithRange(_results.Find("W8", engine.Id, Metrics.ReaderRatio), Figures.ThreeDigits),
                Pair("W8", engine, Metrics.Alone, Metrics.Median),
                Pair("W8", engine, Metrics.Alone, Metrics.Percentile99),
                Pair("W8", engine, Metrics.Alone, Metrics.Percentile999),
                Pair("W8", engine, Metrics.Alone, Metrics.Longest),
                Figures.WithRange(_results.Find("W8", engine.Id, Metrics.WriterRate), Figures.Count));
        }

        return table;
    }

    private MarkdownTable BesideInserters()
    {
        var table = new MarkdownTable(
            "",
            "reads/s beside inserting",
            "p99.9 computing, inserting",
            "longest computing, inserting",
            "longest GC pause, ms",
            "inserting commits/s");
        foreach (var engine in _taking.Where(e => _results.Find("W8i", e.Id) is not null))
        {
            table.Add(
                engine.Name,
                Figures.WithRange(_results.Find("W8i", engine.Id), Figures.Count),
                Pair("W8i", engine, Metrics.BesideIdle, Metrics.Percentile999),
                Pair("W8i", engine, Metrics.BesideIdle, Metrics.Longest),
                Longest("W8i", engine, Metrics.LongestPauseMilliseconds, Figures.ThreeDigits),
                Figures.WithRange(_results.Find("W8i", engine.Id, Metrics.WriterRate), Figures.Count));
        }

        return table;
    }

    private MarkdownTable Memory()
    {
        var table = new MarkdownTable("", "bytes a row", "accounted", "pause in W1", "in W2", "in W3", "in W8");
        foreach (var engine in _taking.Where(e => _results.Find("W1", e.Id) is not null))
        {
            table.Add(
            [
                engine.Name,
                Figures.WithRange(_results.Find("W1", engine.Id, Metrics.BytesPerRow), Figures.ThreeDigits),
                Figures.WithRange(_results.Find("W1", engine.Id, Metrics.AccountedBytesPerRow), Figures.ThreeDigits),
                .. new[] { "W1", "W2", "W3", "W8" }.Select(w => Longest(w, engine, Metrics.LongestPauseMilliseconds, Figures.ThreeDigits)),
            ]);
        }

        return table;
    }

    private string Growth()
    {
        if (outcome.Grown is not { } grown)
        {
            return string.Empty;
        }

        var table = new MarkdownTable(["workload", .. _taking.Select(e => e.Name)]);
        foreach (var workload in _request.Workloads.Where(WorkloadCatalog.IsInGrowth))
        {
            var kept = _taking.Select(e => grown.MedianOf(workload.Id, e.Id) / _results.MedianOf(workload.Id, e.Id));
            table.Add([workload.Id, .. kept.Select(Figures.Ratio)]);
        }

        return $"## Growth\n\nW16: the rate on {RunSettings.GrowthFactor} times the keys, as a part of the rate above.\n\n{table}\n";
    }

    private MarkdownTable Engines()
    {
        var table = new MarkdownTable("", "version", "configuration");
        foreach (var engine in _request.Engines)
        {
            table.Add(engine.Name, engine.Version, engine.Unavailable is { } reason ? $"skipped: {reason}" : engine.Configuration);
        }

        return table;
    }

    private string Failures()
    {
        if (!outcome.Failures.Any())
        {
            return string.Empty;
        }

        var table = new MarkdownTable("engine", "workload", "reason");
        foreach (var failure in outcome.Failures)
        {
            table.Add(failure.Engine, failure.Workload, failure.Reason);
        }

        return $"## Failures\n\n{table}";
    }

    private string Pair(string workload, EngineDescriptor engine, string prefix, string metric)
        => $"{Time(workload, engine, prefix + metric)}, {Time(workload, engine, Metrics.Beside + metric)}";

    private string Time(string workload, EngineDescriptor engine, string metric)
        => metric.EndsWith(Metrics.Longest, StringComparison.Ordinal)
            ? Longest(workload, engine, metric, Figures.Time)
            : _results.MedianOf(workload, engine.Id, metric) is { } time ? Figures.Time(time) : Figures.Missing;

    private string Longest(string workload, EngineDescriptor engine, string metric, Func<double, string> format)
        => _results.Find(workload, engine.Id, metric) is { } series ? format(series.Max) : Figures.Missing;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
