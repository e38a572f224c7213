using MvStore.Workloads.Engines;
using MvStore.Workloads.Reporting;

namespace MvStore.Workloads.Running;

/// <summary>The whole of a runner: the command line, the run, the tables on the console; and the worker side of the same program.</summary>
/// <param name="description">What <c>--help</c> says first.</param>
/// <param name="engines">The engines that can take part, MvStore first.</param>
/// <param name="defaultOutput">Where the report goes, or null if there is none.</param>
/// <param name="report">Called with the outcome.</param>
public sealed class WorkloadProgram(
    string description,
    IReadOnlyList<EngineDescriptor> engines,
    string? defaultOutput = null,
    Action<RunOutcome>? report = null)
{
    /// <summary>Runs.</summary>
    /// <returns>0, or 1 if an engine failed or answered wrongly, or the command line was wrong.</returns>
    public int Run(string[] arguments)
    {
        if (!WorkerArguments.Match(arguments))
        {
            return new WorkloadCommand(description, engines, defaultOutput, Run).Invoke(arguments);
        }

        // Engines may write to the console; only replies go to the stream the parent reads.
        var output = Console.Out;
        Console.SetOut(Console.Error);
        var parsed = WorkerArguments.Parse(arguments);
        using var worker = new Worker(parsed, engines.First(e => e.Id == parsed.Engine), Console.In, output);
        worker.Run();
        return 0;
    }

    private int Run(RunRequest request)
    {
        foreach (var missing in request.Engines.Where(e => e.Unavailable is not null))
        {
            Console.WriteLine($"skipped {missing.Name}: {missing.Unavailable}");
        }

        var parent = request.DataDirectory ?? Path.GetTempPath();
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"mvstore-workloads-{Guid.NewGuid():N}"));
        try
        {
            var outcome = Run(request, directory.FullName);
            ConsoleTables.Write(outcome, Console.Out);
            report?.Invoke(outcome);
            return outcome.Failures.Any() ? 1 : 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static RunOutcome Run(RunRequest request, string directory)
    {
        var results = new Coordinator(request.Engines, request.Workloads, directory, Console.WriteLine).Run(request.Settings);
        if (!request.WithGrowth)
        {
            return new RunOutcome(request, results, null);
        }

        var larger = request.Settings with { Keys = request.Settings.Keys * RunSettings.GrowthFactor };
        var growing = request.Workloads.Where(WorkloadCatalog.IsInGrowth).ToArray();
        return new RunOutcome(request, results, new Coordinator(request.Engines, growing, directory, Console.WriteLine).Run(larger));
    }
}
