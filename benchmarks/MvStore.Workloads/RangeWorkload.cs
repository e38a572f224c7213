using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W7a: 100 rows from a random key on.</summary>
internal sealed class RangeWorkload() : Workload("W7a", "range of 100 rows, 1 thread", "rows", StoreShape.Loaded, EngineTraits.InMemory | EngineTraits.Ranges)
{
    private const int RowsPerRange = 100;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
        => new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, context.SeedOf(0))).Sum(),
        };

    private sealed class Body(PreparedStore store, ulong seed) : ReaderBody<IRangeReader>(store, seed)
    {
        private const int Block = 4;

        private readonly byte[] _from = new byte[KeySpace.KeyLength];

        public override long RunBlock()
        {
            for (var i = 0; i < Block; i++)
            {
                KeySpace.Write(_from, IdWithRowsBehind());
                var fold = new RowFold(RowsPerRange, isReverse: false);
                Reader.Scan(new RangeRequest(_from, RowsPerRange, IWorkloadReader.Latest, IsReverse: false), ref fold);
                if (fold.Count != RowsPerRange || fold.Wrong != 0)
                {
                    throw new WrongAnswerException($"range: {fold.Count} rows, {fold.Wrong} wrong");
                }
            }

            return Block * RowsPerRange;
        }

        // Ids in the lower half of the key space have the rows of the upper half behind them.
        private ulong IdWithRowsBehind()
        {
            ulong id;
            do
            {
                id = KeySpace.IdOf(Randomness.Below(Rows.Count));
            }
            while (id > long.MaxValue);

            return id;
        }
    }
}
