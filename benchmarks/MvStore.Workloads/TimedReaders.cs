using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>Three threads that time each point get, and whatever runs beside them.</summary>
internal sealed class TimedReaders(WorkloadContext context, string prefix)
{
    private const int Threads = 3;

    private readonly List<LatencyHistogram> _histograms = [];

    /// <summary>Runs the readers beside other bodies and adds their figures.</summary>
    /// <returns>What the others did, in operations per second in all.</returns>
    public double Run(Dictionary<string, double> figures, params IEnumerable<Func<ThreadBody>> beside)
    {
        var readers = Enumerable.Range(0, Threads).Select(thread => (Func<ThreadBody>)(() => NewReader(thread)));
        var rates = ThreadedRun.Measure(context.Duration, [.. readers, .. beside]);
        var all = new LatencyHistogram();
        _histograms.ForEach(all.Merge);

        figures[prefix + Metrics.Rate] = rates.Take(Threads).Sum();
        figures[prefix + Metrics.Median] = all.Percentile(0.5);
        figures[prefix + Metrics.Percentile99] = all.Percentile(0.99);
        figures[prefix + Metrics.Percentile999] = all.Percentile(0.999);
        figures[prefix + Metrics.Longest] = all.Longest;
        return rates.Skip(Threads).Sum();
    }

    private TimedGetBody NewReader(int thread)
    {
        var histogram = new LatencyHistogram();
        lock (_histograms)
        {
            _histograms.Add(histogram);
        }

        return new TimedGetBody(context.Store, context.SeedOf(thread), histogram);
    }
}
