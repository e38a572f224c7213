using System.Collections.Concurrent;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W11: commits of four sets that return when they are synced. Behind it the store is closed, opened again and asked for all of them.</summary>
internal sealed class DurableCommitWorkload(string id, string title, int committers)
    : Workload(id, title, "commits", StoreShape.Fresh, EngineTraits.DurableCommits)
{
    private const double WarmUpShare = 0.3;

    /// <summary>Syncs are few: a run of some hundred says little.</summary>
    private const int DurationFactor = 4;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var settings = new EngineSettings(context.NewDirectory(), Duty: EngineDuty.DurableCommits);
        var acknowledged = new ConcurrentBag<AcknowledgedCommits>();
        double rate;
        var latencies = new List<LatencyHistogram>();
        using (var engine = context.Descriptor.Open(settings))
        {
            var clock = new VersionClock(0);
            Measure(context.Duration * WarmUpShare, firstThread: 0, []);
            rate = Measure(context.Duration * DurationFactor, firstThread: committers, latencies);

            double Measure(TimeSpan duration, int firstThread, List<LatencyHistogram> histograms)
            {
                var bodies = new Func<ThreadBody>[committers];
                for (var i = 0; i < committers; i++)
                {
                    var seed = context.SeedOf(firstThread + i);
                    var histogram = new LatencyHistogram();
                    histograms.Add(histogram);
                    bodies[i] = () => new DurableCommitBody(engine, clock, context.Keys, seed, histogram, acknowledged.Add);
                }

                return ThreadedRun.Measure(duration, bodies).Sum();
            }
        }

        using (var again = context.Descriptor.Open(settings))
        using (var reader = again.OpenReader())
        {
            foreach (var commits in acknowledged)
            {
                commits.Require(context.Descriptor, reader);
            }
        }

        var all = new LatencyHistogram();
        latencies.ForEach(all.Merge);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = rate,
            [Metrics.CommitPercentile999] = all.Percentile(0.999),
            [Metrics.LongestCommit] = all.Longest,
        };
    }
}
