using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>What one run of a workload is given.</summary>
/// <param name="Descriptor">The engine.</param>
/// <param name="Keys">How many keys the whole run is about.</param>
/// <param name="Duration">How long to measure, where time is the limit.</param>
/// <param name="Round">0 for the warm-up, then 1, 2, 3; a seed.</param>
/// <param name="Pauses">The recorder of collector pauses.</param>
/// <param name="Prepared">The prepared store, unless the shape is <see cref="StoreShape.Fresh"/>.</param>
/// <param name="NewDirectory">Makes an empty folder.</param>
public sealed record WorkloadContext(
    EngineDescriptor Descriptor,
    long Keys,
    TimeSpan Duration,
    int Round,
    GarbageCollectionPauses Pauses,
    PreparedStore? Prepared,
    Func<string> NewDirectory)
{
    public PreparedStore Store => Prepared ?? throw new InvalidOperationException("This workload's shape has no prepared store.");

    /// <summary>The seed of a thread: different in each round, the same in each process.</summary>
    public ulong SeedOf(int thread) => ((ulong)Round * 1_000) + (ulong)thread;
}
