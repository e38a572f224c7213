using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that lets an engine reclaim once, and is done.</summary>
internal sealed class ReclamationBody(IReclaimingEngine engine, ulong hidden) : ThreadBody
{
    /// <summary>The versions that went.</summary>
    public long Reclaimed { get; private set; }

    public override bool IsDone => true;

    public override long RunBlock() => Reclaimed = engine.Reclaim(hidden);
}
