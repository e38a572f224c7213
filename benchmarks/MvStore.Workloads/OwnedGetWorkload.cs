using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W4o: W4a with a value the caller owns afterwards.</summary>
internal sealed class OwnedGetWorkload()
    : Workload("W4o", "point get at latest, an owned value, 1 thread", "gets", StoreShape.Loaded, EngineTraits.InMemory | EngineTraits.OwnedReads)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
        => new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, context.SeedOf(0))).Sum(),
        };

    private sealed class Body(PreparedStore store, ulong seed) : ReaderBody<IOwnedReader>(store, seed)
    {
        public override long RunBlock()
        {
            Span<byte> key = stackalloc byte[KeySpace.KeyLength];
            for (var i = 0; i < GetsPerBlock; i++)
            {
                var id = KeySpace.IdOf(Randomness.Below(Rows.Count));
                KeySpace.Write(key, id);
                if (!Reader.TryGetOwned(key, IWorkloadReader.Latest, out var value) || !ValueDigest.Of(value.Span).IsOf(id))
                {
                    throw new WrongAnswerException("owned get of a loaded key: nothing, or a value of another key");
                }
            }

            return GetsPerBlock;
        }
    }
}
