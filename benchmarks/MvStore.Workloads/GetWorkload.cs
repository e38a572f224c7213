using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W4a, b and c, W10a: random keys at the newest version.</summary>
internal sealed class GetWorkload(
    string id,
    string title,
    int threads,
    bool isAbsent = false,
    StoreShape shape = StoreShape.Loaded,
    EngineTraits tier = EngineTraits.InMemory)
    : Workload(id, title, "gets", shape, tier)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var bodies = Enumerable.Range(0, threads)
            .Select(thread => (Func<ThreadBody>)(() => new Body(context.Store, isAbsent, context.SeedOf(thread))))
            .ToArray();
        return new Dictionary<string, double> { [Metrics.Rate] = ThreadedRun.Measure(context.Duration, bodies).Sum() };
    }

    private sealed class Body(PreparedStore store, bool isAbsent, ulong seed)
        : ReaderBody<IWorkloadReader>(store, seed)
    {
        private readonly long _first = isAbsent ? KeySpace.Absent : 0;

        public override long RunBlock()
        {
            Span<byte> key = stackalloc byte[KeySpace.KeyLength];
            for (var i = 0; i < GetsPerBlock; i++)
            {
                var id = KeySpace.IdOf(_first + Randomness.Below(Rows.Count));
                KeySpace.Write(key, id);
                var isFound = Reader.TryGet(key, IWorkloadReader.Latest, out var value);
                if (isFound == isAbsent || (isFound && !value.IsOf(id)))
                {
                    throw new WrongAnswerException($"get of {(isAbsent ? "an absent" : "a loaded")} key: found {isFound}, {value}");
                }
            }

            return GetsPerBlock;
        }
    }
}
