using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A workload with somebody who watches the engine, against the same without him, in turns: one after the other, beginning with the one and then with the other.</summary>
/// <param name="id">Its name.</param>
/// <param name="title">What it does.</param>
/// <param name="unit">What its rate counts.</param>
/// <param name="threads">How many threads.</param>
/// <param name="body">What a thread does.</param>
/// <param name="watch">Begins to watch.</param>
internal sealed class WatchedWorkload(
    string id,
    string title,
    string unit,
    int threads,
    Func<PreparedStore, ulong, ThreadBody> body,
    Func<IWatchedEngine, IDisposable> watch)
    : Workload(id, title, unit, StoreShape.Fresh, EngineTraits.InMemory | EngineTraits.Watched)
{
    private const int Pairs = 10;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var watched = 0.0;
        var unwatched = 0.0;
        var ratios = new List<double>();
        context.Pauses.Restart();
        for (var pair = 0; pair < Pairs; pair++)
        {
            // All that is committed stays, and a watcher may ask for it: a store for each pair, so that memory has room for it.
            using var store = PreparedStore.Open(context.Descriptor, new EngineSettings(context.NewDirectory()), new LoadedRows(context.Keys, 1));
            var first = Turn(context, store, pair, isWatched: pair % 2 == 0);
            var second = Turn(context, store, pair, isWatched: pair % 2 != 0);
            var (with, without) = pair % 2 == 0 ? (first, second) : (second, first);
            watched += with;
            unwatched += without;
            ratios.Add(with / without);
        }

        ratios.Sort();
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = watched / Pairs,
            [Metrics.UnwatchedRate] = unwatched / Pairs,
            [Metrics.WatchedRatio] = (ratios[(Pairs / 2) - 1] + ratios[Pairs / 2]) / 2,
        };
    }

    private double Turn(WorkloadContext context, PreparedStore store, int pair, bool isWatched)
    {
        using var watching = isWatched ? watch((IWatchedEngine)store.Engine) : null;
        var bodies = Enumerable.Range(0, threads)
            .Select(thread => (Func<ThreadBody>)(() => body(store, context.SeedOf((pair * threads) + thread))))
            .ToArray();
        return ThreadedRun.Measure(context.Duration, bodies).Sum();
    }
}
