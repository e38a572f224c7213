using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>Remembers the most memory an engine took. Looked at by one thread, read when that has ended.</summary>
internal sealed class MemoryHighMark(IMemoryAccounting engine, long budget)
{
    /// <summary>An engine that goes this far over its budget is not going to come back; the machine is needed for others.</summary>
    private const int RunawayFactor = 8;

    /// <summary>The most that the engine said it holds.</summary>
    public long Accounted { get; private set; }

    /// <summary>The most that the process took.</summary>
    public long Resident { get; private set; }

    public bool HasRunAway => Accounted > budget * RunawayFactor;

    public void Look()
    {
        Accounted = Math.Max(Accounted, engine.AccountedBytes);
        Resident = Math.Max(Resident, ProcessMemory.Resident());
    }
}
