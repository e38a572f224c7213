using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W8g: the readers and the writer of W8 on a store that keeps no old versions and lets go of them by itself every second, against one that never does. Each has a store of its own, and they take turns at being the first.
/// </summary>
internal sealed class CollectionWorkload()
    : Workload("W8g", "3 readers beside 1 writer with reclamation, against the same without", "gets", StoreShape.Fresh, EngineTraits.InMemory | EngineTraits.Collects)
{
    /// <summary>Shorter than by default, so that a short run has several.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int WriterThread = 10;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var figures = new Dictionary<string, double>();
        bool[] order = context.Round % 2 == 0 ? [false, true] : [true, false];
        foreach (var collects in order)
        {
            RunOn(context, collects, figures);
        }

        figures[Metrics.Rate] = figures[Metrics.Collecting + Metrics.Rate];
        figures[Metrics.ReaderRatio] = figures[Metrics.Rate] / figures[Metrics.NotCollecting + Metrics.Rate];
        figures[Metrics.CommitRatio] = figures[Metrics.Collecting + Metrics.WriterRate] / figures[Metrics.NotCollecting + Metrics.WriterRate];
        return figures;
    }

    private static void RunOn(WorkloadContext context, bool collects, Dictionary<string, double> figures)
    {
        var prefix = collects ? Metrics.Collecting : Metrics.NotCollecting;
        var settings = new EngineSettings(context.NewDirectory(), KeepsHistory: false, CollectionInterval: collects ? Interval : Timeout.InfiniteTimeSpan);
        using var store = PreparedStore.Open(context.Descriptor, settings, new LoadedRows(context.Keys, 1));
        figures[prefix + Metrics.WriterRate] = new TimedReaders(context with { Prepared = store }, prefix)
            .Run(figures, () => new CommitBody(store, context.SeedOf(WriterThread)));
    }
}
