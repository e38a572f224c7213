using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W12: a tenth of the keys have ten versions each, and nine of them go, while three readers read the newest; against the same readers
/// alone.
/// </summary>
internal sealed class ReclamationWorkload(string id, string title, EngineTraits tier)
    : Workload(id, title, "versions", StoreShape.Fresh, tier)
{
    private const int WarmUpShare = 20;

    /// <summary>One sweep is a few calls of long loops: the runtime compiles them finally only after some of them.</summary>
    private const int WarmUps = 3;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            Reclaim(context, PreparedStore.ManyVersionsOf(context.Keys / WarmUpShare));
        }

        return Reclaim(context, PreparedStore.ManyVersionsOf(context.Keys));
    }

    private static Dictionary<string, double> Reclaim(WorkloadContext context, LoadedRows rows)
    {
        var settings = new EngineSettings(context.NewDirectory(), KeepsHistory: false, EngineDuty.Reclamation);
        using var store = PreparedStore.Open(context.Descriptor, settings, rows);
        if (store.Engine is IStoredEngine)
        {
            store.MoveToDisk();
        }

        var reading = context with { Prepared = store };
        var figures = new Dictionary<string, double>();
        context.Pauses.Restart();
        new TimedReaders(reading, Metrics.Alone).Run(figures);
        new TimedReaders(reading, Metrics.Alone).Run(figures);
        ReclamationBody? reclaiming = null;
        figures[Metrics.Rate] = new TimedReaders(reading with { Duration = Timeout.InfiniteTimeSpan }, Metrics.Beside)
            .Run(figures, () => reclaiming = new ReclamationBody((IReclaimingEngine)store.Engine, rows.LastVersion - rows.VersionsPerRound));
        context.Pauses.Take().AddTo(figures);

        WrongAnswerException.Require("versions reclaimed", rows.Count * (rows.Rounds - 1), reclaiming!.Reclaimed);
        if (store.Engine is IStoredEngine)
        {
            store.RequireNothingInMemory();
        }

        LoadedRowsCheck.Run(context.Descriptor, store.Engine, rows);
        return figures;
    }
}
