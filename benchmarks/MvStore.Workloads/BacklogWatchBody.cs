using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that looks every few milliseconds how many old versions an engine holds.</summary>
internal sealed class BacklogWatchBody(IVersionCounting engine, long newest) : ThreadBody
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>The most it held at any time.</summary>
    public long Largest { get; private set; }

    public override long RunBlock()
    {
        Largest = Math.Max(Largest, engine.Versions - newest);
        Thread.Sleep(Interval);
        return 1;
    }
}
