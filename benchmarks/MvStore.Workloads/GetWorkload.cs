using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W4a, b and c, W10a: random keys at the newest version.</summary>
internal sealed class GetWorkload(
    string id,
    string title,
    int threads,
    bool isAbsent = false,
    StoreShape shape = StoreShape.Loaded,
    EngineTraits tier = EngineTraits.InMemory)
    : Workload(id, title, "gets", shape, tier)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var bodies = Enumerable.Range(0, threads)
            .Select(thread => (Func<ThreadBody>)(() => new GetBody(context.Store, isAbsent, context.SeedOf(thread))))
            .ToArray();
        return new Dictionary<string, double> { [Metrics.Rate] = ThreadedRun.Measure(context.Duration, bodies).Sum() };
    }
}
