using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W5: random keys at random snapshots; engines with held snapshots only read at the ten they hold.</summary>
internal sealed class SnapshotGetWorkload()
    : Workload("W5", "point get at a random snapshot, 10 versions a key, 1 thread", "gets", StoreShape.Versioned)
{
    public override bool RunsOn(EngineDescriptor engine)
        => base.RunsOn(engine) && (engine.Has(EngineTraits.Versions) || engine.Has(EngineTraits.HeldVersions));

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var isHeld = context.Descriptor.Has(EngineTraits.HeldVersions);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = ThreadedRun.Measure(context.Duration, () => new Body(context.Store, isHeld, context.SeedOf(0))).Sum(),
        };
    }

    private sealed class Body(PreparedStore store, bool isHeld, ulong seed)
        : ReaderBody<IWorkloadReader>(store, seed)
    {
        private readonly long _snapshots = (long)(store.Rows.LastVersion - store.Rows.FirstRoundEnd) + 1;

        public override long RunBlock()
        {
            Span<byte> key = stackalloc byte[KeySpace.KeyLength];
            for (var i = 0; i < GetsPerBlock; i++)
            {
                var index = Randomness.Below(Rows.Count);
                var at = Rows.FirstRoundEnd + (ulong)Randomness.Below(_snapshots);
                if (isHeld)
                {
                    at -= at % Rows.VersionsPerRound;
                }

                var id = KeySpace.IdOf(index);
                KeySpace.Write(key, id);
                if (!Reader.TryGet(key, at, out var value) || !value.IsOf(id) || value.Version != Rows.VersionSeen(index, at))
                {
                    throw new WrongAnswerException($"get at {at}: expected version {Rows.VersionSeen(index, at)}, got {value}");
                }
            }

            return GetsPerBlock;
        }
    }
}
