using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W4s: W4a with the value copied into memory of the caller's.</summary>
internal sealed class CopiedGetWorkload()
    : Workload("W4s", "point get at latest, copied into a span, 1 thread", "gets", StoreShape.Loaded, EngineTraits.InMemory | EngineTraits.CopiedReads)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
        => new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, context.SeedOf(0))).Sum(),
        };

    private sealed class Body(PreparedStore store, ulong seed) : ReaderBody<ICopyReader>(store, seed)
    {
        public override long RunBlock()
        {
            Span<byte> key = stackalloc byte[KeySpace.KeyLength];
            Span<byte> copy = stackalloc byte[ValueDigest.ValueLength];
            for (var i = 0; i < GetsPerBlock; i++)
            {
                var id = KeySpace.IdOf(Randomness.Below(Rows.Count));
                KeySpace.Write(key, id);
                if (!Reader.TryCopy(key, IWorkloadReader.Latest, copy, out var length) || !ValueDigest.Of(copy[..length]).IsOf(id))
                {
                    throw new WrongAnswerException("copied get of a loaded key: nothing, or a value of another key");
                }
            }

            return GetsPerBlock;
        }
    }
}
