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
    private readonly FigureCells _cells = new(outcome.Results);
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

        {Rates(_request.Workloads.Where(w => !IsOnDisk(w)))}
        {RatesOnDisk()}### Against CD

        {AgainstDictionary()}
        ## Readers beside writers

        ![Latency of a point get with and without a writer]({latencyChart})

        W8: three readers alone, then beside one thread that only computes, then beside one writer that commits four sets at a time as
        fast as it can. What computing costs the readers is the machine's.

        {BesideWriter()}
        W8i: three readers beside six threads on {Environment.ProcessorCount} cores. First the six only compute, then they insert: what is
        longer then was spent waiting for a writer or for the collector. "Longest" is the longest of all runs.

        {BesideInserters()}
        ## Memory and collector

        Bytes a row: growth of the whole process over the load, settled (W13). Pauses: the longest of all runs, in ms.

        {Memory()}
        {new DiskSections(outcome).ToMarkdown()}{Growth()}## Engines

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

    private MarkdownTable Rates(params IEnumerable<Workload> workloads)
    {
        var engines = EnginesOf(workloads);
        var table = new MarkdownTable(["workload", "", .. engines.Select(e => e.Name)]);
        foreach (var workload in workloads)
        {
            table.Add(
            [
                workload.Id,
                $"{workload.Title}: {workload.Unit}",
                .. engines.Select(e => Figures.WithRange(_results.Find(workload.Id, e.Id), Figures.Count)),
            ]);
        }

        return table;
    }

    private string RatesOnDisk()
    {
        var onDisk = _request.Workloads.Where(IsOnDisk).ToArray();
        return EnginesOf(onDisk).Length == 0 ? string.Empty : $"### On disk\n\n{Rates(onDisk)}\n{Logless()}";
    }

    private string Logless()
        => _results.Find("W9", "sqlite", Metrics.LoglessRate) is { } series
            ? $"The same rows in one transaction of SQLite without a log: {Figures.WithRange(series, Figures.Count)} rows/s.\n\n"
            : string.Empty;

    private MarkdownTable AgainstDictionary()
    {
        var workloads = _request.Workloads.Where(w => _results.Find(w.Id, "cd") is not null).ToArray();
        var engines = EnginesOf(workloads);
        var table = new MarkdownTable(["workload", .. engines.Select(e => e.Name)]);
        foreach (var workload in workloads)
        {
            var dictionary = _results.MedianOf(workload.Id, "cd");
            table.Add([workload.Id, .. engines.Select(e => Figures.Ratio(_results.MedianOf(workload.Id, e.Id) / dictionary))]);
        }

        return table;
    }

    private MarkdownTable BesideWriter()
    {
        var table = new MarkdownTable(
            "",
            "readers, ratio",
            "ratio beside computing",
            "p50 alone, beside",
            "p99 alone, beside",
            "p99.9 alone, computing, beside",
            "longest alone, computing, beside",
            "writer, commits/s");
        foreach (var engine in _taking.Where(e => _results.Find("W8", e.Id) is not null))
        {
            table.Add(
                engine.Name,
                _cells.Range("W8", engine, Metrics.ReaderRatio, Figures.ThreeDigits),
                _cells.Range("W8", engine, Metrics.ComputingRatio, Figures.ThreeDigits),
                _cells.Pair("W8", engine, Metrics.Alone, Metrics.Median),
                _cells.Pair("W8", engine, Metrics.Alone, Metrics.Percentile99),
                Three("W8", engine, Metrics.Percentile999),
                Three("W8", engine, Metrics.Longest),
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
                _cells.Pair("W8i", engine, Metrics.BesideIdle, Metrics.Percentile999),
                _cells.Pair("W8i", engine, Metrics.BesideIdle, Metrics.Longest),
                _cells.Longest("W8i", engine, Metrics.LongestPauseMilliseconds, Figures.ThreeDigits),
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
                .. new[] { "W1", "W2", "W3", "W8" }.Select(w => _cells.Longest(w, engine, Metrics.LongestPauseMilliseconds, Figures.ThreeDigits)),
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

        var workloads = _request.Workloads.Where(WorkloadCatalog.IsInGrowth).ToArray();
        var engines = EnginesOf(workloads);
        var table = new MarkdownTable(["workload", .. engines.Select(e => e.Name)]);
        foreach (var workload in workloads)
        {
            var kept = engines.Select(e => grown.MedianOf(workload.Id, e.Id) / _results.MedianOf(workload.Id, e.Id));
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

    private string Three(string workload, EngineDescriptor engine, string metric)
        => $"{_cells.Time(workload, engine, Metrics.Alone + metric)}, {_cells.Pair(workload, engine, Metrics.BesideIdle, metric)}";

    private EngineDescriptor[] EnginesOf(IEnumerable<Workload> workloads)
        => [.. _taking.Where(e => workloads.Any(w => _results.Find(w.Id, e.Id) is not null))];

    private static bool IsOnDisk(Workload workload) => workload.IsOnDisk;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
