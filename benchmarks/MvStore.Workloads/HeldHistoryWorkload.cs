using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W12b: runs that reclamation makes by itself on a store on disk in which each key has an old version that a snapshot holds, while one row after the other is written: as by default, and walking through all old versions each time.
/// </summary>
internal sealed class HeldHistoryWorkload()
    : Workload("W12b", "runs of reclamation by itself over held old versions, on disk", "runs", StoreShape.Fresh, EngineTraits.ReclaimsDisk | EngineTraits.Collects)
{
    private const int Runs = 15;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var leaving = TimeOfRun(context, share: null);
        var walking = TimeOfRun(context, share: 0);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = 1 / leaving.TotalSeconds,
            [Metrics.HeldRunTime] = leaving.TotalNanoseconds,
            [Metrics.HeldWalkTime] = walking.TotalNanoseconds,
        };
    }

    /// <summary>The median of some runs. The first that meets what is held walks through it in any case.</summary>
    private static TimeSpan TimeOfRun(WorkloadContext context, double? share)
    {
        var rows = new LoadedRows(context.Keys, 1);
        var settings = new EngineSettings(context.NewDirectory(), KeepsHistory: false, CollectionInterval: Interval, GarbageShare: share);
        using var watch = new ReclamationWatch();
        using var store = PreparedStore.Open(context.Descriptor, settings, rows);
        store.MoveToDisk();
        ((IHeldSnapshots)store.Engine).Hold(store.Clock.Next() - 1);
        Commit(store, Enumerable.Range(0, (int)rows.Count));
        store.MoveToDisk();
        watch.Next();
        var times = new List<TimeSpan>();
        for (var run = 0; run < Runs; run++)
        {
            Commit(store, [run]);
            store.MoveToDisk();
            times.Add(watch.Next());
        }

        times.Sort();
        return times[Runs / 2];
    }

    private static void Commit(PreparedStore store, IEnumerable<int> indexes)
    {
        using var writer = store.Engine.OpenWriter();
        var batch = new RowBatch(LoadedRows.RowsPerCommit);
        var randomness = new Randomness(3);
        foreach (var some in indexes.Chunk(LoadedRows.RowsPerCommit))
        {
            batch.Clear();
            foreach (var index in some)
            {
                batch.Add(index, ref randomness);
            }

            var version = store.Clock.Next();
            batch.Stamp(version);
            writer.Commit(batch, version);
        }
    }
}
