using MvStore.Workloads.Engines;

namespace MvStore.Workloads.Running;

/// <summary>
/// Runs workloads on engines. Each engine works in a process of its own; one runs at a time while the others wait. For each workload
/// the rounds go around the engines, beginning with another one each time, so that drift of the machine meets all of them alike.
/// </summary>
public sealed class Coordinator(
    IReadOnlyList<EngineDescriptor> engines,
    IReadOnlyList<Workload> workloads,
    string directory,
    Action<string> log)
{
    private const int PreparedAtOnce = 3;

    public ResultSet Run(RunSettings settings)
    {
        var results = new ResultSet();
        foreach (var workload in workloads.Where(w => w.Shape == StoreShape.Fresh))
        {
            RunFresh(workload, settings, results);
        }

        foreach (var shape in new[] { StoreShape.Loaded, StoreShape.Versioned, StoreShape.Stored })
        {
            var ofShape = workloads.Where(w => w.Shape == shape).ToArray();
            if (ofShape.Length > 0)
            {
                RunPrepared(shape, ofShape, settings, results);
            }
        }

        return results;
    }

    private void RunFresh(Workload workload, RunSettings settings, ResultSet results)
    {
        for (var round = 1; round <= settings.Runs; round++)
        {
            foreach (var engine in Rotated(engines.Where(e => CanRun(workload, e, results)), round))
            {
                Try(workload.Id, engine, results, () =>
                {
                    using var worker = WorkerProcess.Start(engine, StoreShape.Fresh, settings.Keys, directory);
                    Measure(worker, workload, engine, round, settings, results);
                });
            }
        }
    }

    private void RunPrepared(StoreShape shape, Workload[] ofShape, RunSettings settings, ResultSet results)
    {
        var workers = Prepare(shape, engines.Where(e => ofShape.Any(w => WorkloadCatalog.Runs(w, e))), settings, results);
        try
        {
            foreach (var workload in ofShape)
            {
                // Round 0 warms up and is forgotten.
                for (var round = 0; round <= settings.Runs; round++)
                {
                    foreach (var engine in Rotated(workers.Keys.Where(e => CanRun(workload, e, results)), round))
                    {
                        Try(workload.Id, engine, results, () => Measure(workers[engine], workload, engine, round, settings, results));
                    }
                }
            }
        }
        finally
        {
            Parallel.ForEach(workers.Values, worker => worker.Dispose());
        }
    }

    private Dictionary<EngineDescriptor, WorkerProcess> Prepare(
        StoreShape shape,
        IEnumerable<EngineDescriptor> taking,
        RunSettings settings,
        ResultSet results)
    {
        log($"preparing stores: {shape}");
        var workers = new Dictionary<EngineDescriptor, WorkerProcess>();
        Parallel.ForEach(taking, new ParallelOptions { MaxDegreeOfParallelism = PreparedAtOnce }, engine =>
        {
            try
            {
                var worker = WorkerProcess.Start(engine, shape, settings.Keys, directory);
                lock (workers)
                {
                    workers.Add(engine, worker);
                }
            }
            catch (WorkerFailedException failure)
            {
                lock (workers)
                {
                    Fail(new Failure(engine.Id, $"{shape} store", failure.Message), results);
                }
            }
        });
        return workers.OrderBy(w => engines.ToList().IndexOf(w.Key)).ToDictionary();
    }

    private void Measure(
        WorkerProcess worker,
        Workload workload,
        EngineDescriptor engine,
        int round,
        RunSettings settings,
        ResultSet results)
    {
        var duration = round == 0 ? settings.WarmUp : settings.Duration;
        var figures = worker.Run(new WorkerRequest(workload.Id, round, duration.TotalSeconds));
        if (round > 0)
        {
            results.Add(workload.Id, engine.Id, figures);
            log($"{workload.Id,-4} {engine.Name,-14} run {round}: {figures[Measuring.Metrics.Rate],14:N0} {workload.Unit}/s");
        }
    }

    private void Try(string workload, EngineDescriptor engine, ResultSet results, Action run)
    {
        try
        {
            run();
        }
        catch (WorkerFailedException failure)
        {
            Fail(new Failure(engine.Id, workload, failure.Message), results);
        }
    }

    private void Fail(Failure failure, ResultSet results)
    {
        results.Add(failure);
        log($"FAILED {failure.Workload} {failure.Engine}: {failure.Reason}");
    }

    private static bool CanRun(Workload workload, EngineDescriptor engine, ResultSet results)
        => WorkloadCatalog.Runs(workload, engine) && !results.HasFailed(workload.Id, engine.Id);

    private static List<EngineDescriptor> Rotated(IEnumerable<EngineDescriptor> all, int by)
    {
        var list = all.ToList();
        return list.Count == 0 ? list : [.. list.Skip(by % list.Count), .. list.Take(by % list.Count)];
    }
}
