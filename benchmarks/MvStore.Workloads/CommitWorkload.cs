using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W2 and W3: commits of four sets on random existing keys.</summary>
internal sealed class CommitWorkload(string id, string title, int threads) : Workload(id, title, "commits", StoreShape.Loaded)
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
