using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W8i: three readers beside six threads that insert new keys, which is more threads than cores. For comparison they first run beside
/// six threads that only compute: what is longer than there was spent waiting for a writer, or for the collector.
/// </summary>
internal sealed class ReadersBesideInsertersWorkload()
    : Workload("W8i", "3 readers beside 6 inserting writers: what the readers still do", "gets", StoreShape.Loaded)
{
    private const int Writers = 6;
    private const int FirstWriterThread = 10;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var figures = new Dictionary<string, double>();
        var computing = Enumerable.Range(0, Writers).Select(i => (Func<ThreadBody>)(() => new ComputingBody((ulong)i)));
        context.Pauses.Restart();
        new TimedReaders(context, Metrics.BesideIdle).Run(figures, computing);

        var inserting = Enumerable.Range(FirstWriterThread, Writers)
            .Select(thread => (Func<ThreadBody>)(() => new CommitBody(context.Store, context.SeedOf(thread), context.Store.NewIndex)));
        context.Pauses.Restart();
        figures[Metrics.WriterRate] = new TimedReaders(context, Metrics.Beside).Run(figures, inserting);
        context.Pauses.Take().AddTo(figures);
        figures[Metrics.Rate] = figures[Metrics.Beside + Metrics.Rate];
        return figures;
    }
}
