using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W6p: the same versions, one call for each step back.</summary>
internal sealed class StepWorkload()
    : Workload("W6p", "one key with 1,000 versions: a call for each step back", "steps", StoreShape.Versioned, EngineTraits.InMemory | EngineTraits.Steps)
{
    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var (key, versions) = ManyVersions.Write(context.Store);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, key, versions)).Sum(),
        };
    }

    private sealed class Body(PreparedStore store, byte[] key, List<ulong> versions)
        : ReaderBody<IVersionStepper>(store, seed: 0)
    {
        public override long RunBlock()
        {
            var before = IWorkloadReader.Latest;
            for (var i = versions.Count - 1; i >= 0; i--)
            {
                WrongAnswerException.Require("a step back", true, Reader.TryStepBack(key, before, out var value));
                WrongAnswerException.Require("the version stepped back to", versions[i], value.Version);
                before = value.Version;
            }

            WrongAnswerException.Require("a step back behind the oldest", false, Reader.TryStepBack(key, before, out _));
            return versions.Count;
        }
    }
}
