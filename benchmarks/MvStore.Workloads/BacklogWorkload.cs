using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W3g: the four committers of W3 on a store that keeps no old versions and lets go of them by itself every second: whether it follows them, and how long it takes for what is left when they end.
/// </summary>
internal sealed class BacklogWorkload()
    : Workload("W3g", "commits of 4 sets, 4 threads, with reclamation: old versions that are left", "commits", StoreShape.Fresh, EngineTraits.InMemory | EngineTraits.Collects)
{
    private const int Committers = 4;
    private const int SetsPerCommit = 4;

    // Half a second of commits, about: so long a thread may be without a processor between taking its version and committing.
    private const ulong LateVersions = 250_000;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = new LoadedRows(context.Keys, 1);
        var settings = new EngineSettings(context.NewDirectory(), KeepsHistory: false, CollectionInterval: CollectionWorkload.Interval, LateVersions: LateVersions);
        using var store = PreparedStore.Open(context.Descriptor, settings, rows);
        var versions = (IVersionCounting)store.Engine;
        var watch = new BacklogWatchBody(versions, rows.Count);
        var bodies = Enumerable.Range(0, Committers)
            .Select(thread => (Func<ThreadBody>)(() => new CommitBody(store, context.SeedOf(thread))))
            .Append(() => watch);
        context.Pauses.Restart();
        var rate = ThreadedRun.Measure(context.Duration, [.. bodies])[..Committers].Sum();
        var left = versions.Versions - rows.Count;

        // What is late for this one is late for ever, so everything below may go.
        long kept;
        store.Clock.Skip(LateVersions);
        using (var last = new CommitBody(store, context.SeedOf(Committers)))
        {
            kept = last.RunBlock() * SetsPerCommit;
        }

        var begin = Stopwatch.GetTimestamp();
        ((IReclaimingEngine)store.Engine).Reclaim(0);
        var time = Stopwatch.GetElapsedTime(begin);
        var (pauses, longest, _) = context.Pauses.Take();
        WrongAnswerException.Require("old versions after all went but those of the last commits", kept, versions.Versions - rows.Count);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = rate,
            [Metrics.GarbageRate] = rate * SetsPerCommit,
            [Metrics.LargestBacklog] = watch.Largest,
            [Metrics.LastBacklog] = left,
            [Metrics.BacklogTime] = time.TotalNanoseconds,
            [Metrics.Pauses] = pauses,
            [Metrics.LongestPauseMilliseconds] = longest.TotalMilliseconds,
        };
    }
}
