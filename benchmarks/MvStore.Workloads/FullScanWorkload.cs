using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W7b, c and d, W10b: all rows; of a store with many versions, at a snapshot in the middle of them.</summary>
internal sealed class FullScanWorkload(
    string id,
    string title,
    StoreShape shape,
    bool isReverse = false,
    EngineTraits tier = EngineTraits.InMemory)
    : Workload(id, title, "rows", shape, tier | EngineTraits.Ranges)
{
    public override bool RunsOn(EngineDescriptor engine)
        => base.RunsOn(engine)
            && (Shape != StoreShape.Versioned || engine.Has(EngineTraits.Versions) || engine.Has(EngineTraits.HeldVersions));

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = context.Store.Rows;
        var at = rows.Rounds == 1 ? IWorkloadReader.Latest : SnapshotInTheMiddle(rows, context.Descriptor);
        var sums = rows.SumsAt(Math.Min(at, rows.LastVersion));
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, at, isReverse, sums)).Sum(),
        };
    }

    /// <summary>Reads all rows once and requires them to be right.</summary>
    public static void Scan(IRangeReader reader, LoadedRows rows, ulong at, bool isReverse, RowSums sums)
    {
        var fold = new RowFold(long.MaxValue, isReverse);
        reader.Scan(RangeRequest.All(at, isReverse), ref fold);
        WrongAnswerException.Require("rows of a full scan", rows.Count, fold.Count);
        WrongAnswerException.Require("torn or misplaced rows of a full scan", 0, fold.Wrong);
        WrongAnswerException.Require("sums over a full scan", sums, fold.Sums);
    }

    private static ulong SnapshotInTheMiddle(LoadedRows rows, EngineDescriptor engine)
        => engine.Has(EngineTraits.HeldVersions)
            ? rows.MiddleVersion - (rows.MiddleVersion % rows.VersionsPerRound)
            : rows.MiddleVersion;

    private sealed class Body(PreparedStore store, ulong at, bool isReverse, RowSums sums)
        : ReaderBody<IRangeReader>(store, seed: 0)
    {
        public override long RunBlock()
        {
            Scan(Reader, Rows, at, isReverse, sums);
            return Rows.Count;
        }
    }
}
