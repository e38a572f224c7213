using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W2 and W3: commits of four sets on random existing keys. W2l and W3l: the same before a disk that nothing is moved to, with a commit log and without.</summary>
internal sealed class CommitWorkload(string id, string title, int threads, EngineTraits needs = EngineTraits.InMemory)
    : Workload(id, title, "commits", StoreShape.Loaded, needs)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var bodies = Enumerable.Range(0, threads)
            .Select(thread => (Func<ThreadBody>)(() => new CommitBody(context.Store, context.SeedOf(thread))))
            .ToArray();
        context.Pauses.Restart();
        var rate = ThreadedRun.Measure(context.Duration, bodies).Sum();
        var figures = new Dictionary<string, double> { [Metrics.Rate] = rate };
        context.Pauses.Take().AddTo(figures);
        return figures;
    }
}
