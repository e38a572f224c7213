using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W6: all versions of one key, newest to oldest, with the engine's cursor over them.</summary>
internal sealed class WalkWorkload()
    : Workload("W6", "one key with 1,000 versions: newest to oldest", "steps", StoreShape.Versioned, EngineTraits.InMemory | EngineTraits.Walks)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var (key, versions) = ManyVersions.Write(context.Store);
        var sum = versions.Aggregate(0UL, (x, y) => x + y);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, key, sum)).Sum(),
        };
    }

    private sealed class Body(PreparedStore store, byte[] key, ulong expectedSum)
        : ReaderBody<IVersionWalker>(store, seed: 0)
    {
        public override long RunBlock()
        {
            var steps = Reader.Walk(key, out var sum);
            WrongAnswerException.Require("versions walked, and their sum", (ManyVersions.Count, expectedSum), (steps, sum));
            return steps;
        }
    }
}
