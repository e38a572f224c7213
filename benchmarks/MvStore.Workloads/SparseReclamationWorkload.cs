using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W12s: a thousand old versions go from disk, spread over all keys: first where other keys have but one version each, then where each has an old one that an open snapshot holds. On two numbers of keys
/// it tells whether the cost follows what goes, what is kept of old versions, or the keys.
/// </summary>
internal sealed class SparseReclamationWorkload()
    : Workload("W12s", "reclaim 1,000 old versions, spread over all keys, on disk", "versions", StoreShape.Fresh, EngineTraits.ReclaimsDisk | EngineTraits.Collects)
{
    private const int Few = 1_000;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = new LoadedRows(context.Keys, 1);
        var settings = new EngineSettings(context.NewDirectory(), KeepsHistory: false, EngineDuty.Reclamation);
        using var store = PreparedStore.Open(context.Descriptor, settings, rows);
        store.MoveToDisk();
        var engine = (IReclaimingEngine)store.Engine;
        engine.Reclaim(0);

        Update(store, Few);
        var few = TimeOfReclaiming(engine);
        ((IHeldSnapshots)engine).Hold(store.Clock.Next() - 1);
        Update(store, context.Keys);
        engine.Reclaim(0);
        Update(store, Few);
        var fewAmongOld = TimeOfReclaiming(engine);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = Few / few.TotalSeconds,
            [Metrics.FewTime] = few.TotalNanoseconds,
            [Metrics.FewAmongOldTime] = fewAmongOld.TotalNanoseconds,
        };
    }

    private static TimeSpan TimeOfReclaiming(IReclaimingEngine engine)
    {
        var begin = Stopwatch.GetTimestamp();
        var reclaimed = engine.Reclaim(0);
        var time = Stopwatch.GetElapsedTime(begin);
        WrongAnswerException.Require("versions reclaimed", Few, reclaimed);
        return time;
    }

    /// <summary>Gives so many keys, as far apart as can be, a new version, and moves it to disk.</summary>
    private static void Update(PreparedStore store, long keys)
    {
        using (var writer = store.Engine.OpenWriter())
        {
            var batch = new RowBatch(LoadedRows.RowsPerCommit);
            var randomness = new Randomness(2);
            for (var done = 0L; done < keys;)
            {
                batch.Clear();
                for (; batch.Count < LoadedRows.RowsPerCommit && done < keys; done++)
                {
                    batch.Add(done * (store.Rows.Count / keys), ref randomness);
                }

                var version = store.Clock.Next();
                batch.Stamp(version);
                writer.Commit(batch, version);
            }
        }

        store.MoveToDisk();
    }
}
