using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MvStore.Workloads.Engines;

namespace MvStore.Workloads.Running;

/// <summary>The command line.</summary>
internal sealed class WorkloadCommand
{
    private const string All = "all";
    private const int MostRuns = 100;
    private const double LeastSeconds = 0.01;
    private const double MostSeconds = 3_600;

    private readonly IReadOnlyList<EngineDescriptor> _engines;
    private readonly Option<string> _workloads = new("--workloads") { DefaultValueFactory = _ => All };
    private readonly Option<string> _chosen = new("--engines") { DefaultValueFactory = _ => All };
    private readonly Option<double?> _keys
        = Number("--n", RunSettings.FewestKeys, RunSettings.MostKeys, $"Number of keys. Default: {RunSettings.DefaultKeys:N0}.");

    private readonly Option<double?> _runs
        = Number("--runs", 1, MostRuns, $"Measured runs of each, behind a warm-up. Default: {RunSettings.DefaultRuns}.");

    private readonly Option<double?> _seconds
        = Number("--seconds", LeastSeconds, MostSeconds, $"Length of a run. Default: {RunSettings.DefaultSeconds}.");

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "A smoke run on few keys: that everything runs and answers rightly. Its figures mean nothing.",
    };
    private readonly Option<string?> _data = new("--data") { Description = "Folder for the stores. Default: a temporary one." };
    private readonly Option<string?> _output = new("--output");
    private readonly RootCommand _root;

    public WorkloadCommand(string description, IReadOnlyList<EngineDescriptor> engines, string? defaultOutput, Func<RunRequest, int> run)
    {
        _engines = engines;
        _workloads.Description = "Workloads, separated by commas: "
            + string.Join(", ", WorkloadCatalog.All.Select(w => w.Id))
            + $", W13 (with W1), {RunRequest.Growth} (all again on ten times the keys). "
            + $"Default: all but {string.Join(", ", WorkloadCatalog.All.Where(w => w.IsLong).Select(w => w.Id))} and {RunRequest.Growth}.";
        _chosen.Description = $"Engines, separated by commas: {string.Join(", ", engines.Select(e => e.Id))}. Default: all.";
        _root = new RootCommand(description) { _workloads, _keys, _runs, _seconds, _quick, _data };
        if (engines.Count > 1)
        {
            _root.Options.Add(_chosen);
        }

        if (defaultOutput is not null)
        {
            _output.Description = $"File for the report; charts go beside it. Default: {defaultOutput}; nowhere with --quick.";
            _root.Options.Add(_output);
        }

        AddValidators();
        _root.SetAction(parsed => run(ToRequest(parsed, defaultOutput)));
    }

    public int Invoke(string[] arguments) => _root.Parse(arguments).Invoke();

    private void AddValidators()
    {
        _workloads.Validators.Add(result => RequireKnown(
            result, "workload", WorkloadCatalog.All.Select(w => w.Id).Concat(WorkloadCatalog.Aliases.Keys).Append(RunRequest.Growth)));
        _chosen.Validators.Add(result => RequireKnown(result, "engine", _engines.Select(e => e.Id)));
    }

    private static void RequireKnown(OptionResult result, string what, IEnumerable<string> known)
    {
        var names = new HashSet<string>(known, StringComparer.OrdinalIgnoreCase) { All };
        foreach (var name in Split(result.GetValueOrDefault<string>()).Where(name => !names.Contains(name)))
        {
            result.AddError($"There is no {what} '{name}'. There is: {string.Join(", ", names)}.");
        }
    }

    private static Option<double?> Number(string name, double least, double most, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            {
                return value;
            }

            result.AddError($"{name} must be a number from {least} to {most}, not '{text}'.");
            return null;
        },
    };

    private static string[] Split(string? names)
        => (names ?? All).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private RunRequest ToRequest(ParseResult parsed, string? defaultOutput)
    {
        var isQuick = parsed.GetValue(_quick);
        var settings = isQuick ? RunSettings.Quick : RunSettings.Default;
        settings = settings with
        {
            Keys = (long)(parsed.GetValue(_keys) ?? settings.Keys),
            Runs = (int)(parsed.GetValue(_runs) ?? settings.Runs),
            Duration = parsed.GetValue(_seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : settings.Duration,
        };
        var names = Split(parsed.GetValue(_workloads)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (alias, workload) in WorkloadCatalog.Aliases)
        {
            names.UnionWith(names.Contains(alias) ? [workload] : []);
        }

        var withGrowth = names.Remove(RunRequest.Growth) || (isQuick && names.Contains(All));
        var isAll = names.Contains(All) || names.Count == 0;
        var workloads = WorkloadCatalog.All.Where(w => names.Contains(w.Id) || (isAll && (!w.IsLong || isQuick)));
        var chosen = engineNames(parsed);
        return new RunRequest(
            settings,
            [.. _engines.Where(e => chosen.Contains(e.Id) || chosen.Contains(All))],
            [.. workloads],
            withGrowth,
            parsed.GetValue(_data),
            defaultOutput is null || isQuick ? parsed.GetValue(_output) : parsed.GetValue(_output) ?? defaultOutput);

        HashSet<string> engineNames(ParseResult result)
            => _engines.Count > 1 ? Split(result.GetValue(_chosen)).ToHashSet(StringComparer.OrdinalIgnoreCase) : [All];
    }
}
