using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W8: three readers alone, then beside a thread that only computes, which is what a fourth busy core costs on this machine, then beside
/// one writer of W2 that nothing slows down.
/// </summary>
internal sealed class ReadersBesideWriterWorkload()
    : Workload("W8", "3 readers beside 1 writer: what the readers still do", "gets", StoreShape.Loaded)
{
    private const int WriterThread = 10;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var figures = new Dictionary<string, double>();
        context.Pauses.Restart();
        new TimedReaders(context, Metrics.Alone).Run(figures);
        new TimedReaders(context, Metrics.BesideIdle).Run(figures, () => new ComputingBody(context.SeedOf(WriterThread)));
        context.Pauses.Restart();
        figures[Metrics.WriterRate] = new TimedReaders(context, Metrics.Beside)
            .Run(figures, () => new CommitBody(context.Store, context.SeedOf(WriterThread)));
        context.Pauses.Take().AddTo(figures);
        figures[Metrics.Rate] = figures[Metrics.Beside + Metrics.Rate];
        figures[Metrics.ReaderRatio] = figures[Metrics.Beside + Metrics.Rate] / figures[Metrics.Alone + Metrics.Rate];
        figures[Metrics.ComputingRatio] = figures[Metrics.BesideIdle + Metrics.Rate] / figures[Metrics.Alone + Metrics.Rate];
        return figures;
    }
}
