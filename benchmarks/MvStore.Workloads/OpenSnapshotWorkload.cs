using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W14: ten updates for each of all keys hit a tenth of them, while one snapshot stays open; against the same without it. Old
/// versions are not kept for later readers, or there would be nothing to reclaim.
/// </summary>
internal sealed class OpenSnapshotWorkload()
    : Workload("W14", "updates beside one open snapshot, against the same without", "commits", StoreShape.Fresh, EngineTraits.InMemory | EngineTraits.Reclaims)
{
    private const int KeyShare = 10;
    private const int UpdatesPerKey = 10;
    private const int SetsPerCommit = 4;
    private const int WarmUpShare = 10;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        // Else the first of the two would be measured while its code is still compiled.
        _ = RunOnce(context with { Keys = context.Keys / WarmUpShare }, isHeld: true);
        var without = RunOnce(context, isHeld: false);
        var with = RunOnce(context, isHeld: true);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = with.Commits,
            [Metrics.MemoryRatio] = with.Bytes / (double)without.Bytes,
            [Metrics.CommitRatio] = with.Commits / without.Commits,
            [Metrics.GetRatio] = with.Gets / without.Gets,
        };
    }

    private static (double Commits, double Gets, long Bytes) RunOnce(WorkloadContext context, bool isHeld)
    {
        var before = ProcessMemory.Settled();
        var rows = new LoadedRows(Math.Max(context.Keys / KeyShare, LoadedRows.RowsPerCommit), 1);
        using var store = PreparedStore.Open(context.Descriptor, new EngineSettings(context.NewDirectory(), KeepsHistory: false), rows);
        if (isHeld)
        {
            ((IHeldSnapshots)store.Engine).Hold(rows.LastVersion);
        }

        var commits = Update(store, context.Keys * UpdatesPerKey / SetsPerCommit, context.SeedOf(0));
        var gets = new GetWorkload("W4a", string.Empty, threads: 1).Run(context with { Prepared = store })[Metrics.Rate];
        return (commits, gets, ProcessMemory.Settled() - before);
    }

    private static double Update(PreparedStore store, long commits, ulong seed)
    {
        using var body = new CommitBody(store, seed);
        var begin = Stopwatch.GetTimestamp();
        var done = 0L;
        while (done < commits)
        {
            done += body.RunBlock();
        }

        return done / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
