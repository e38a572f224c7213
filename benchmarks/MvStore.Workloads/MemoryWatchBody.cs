using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that looks at an engine's memory every few milliseconds, and ends the run when it runs away.</summary>
internal sealed class MemoryWatchBody(MemoryHighMark memory) : ThreadBody
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    public override bool IsDone => memory.HasRunAway;

    public override long RunBlock()
    {
        memory.Look();
        Thread.Sleep(Interval);
        return 1;
    }
}
