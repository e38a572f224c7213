using System.Runtime.InteropServices;

namespace MvStore.Buffering;

/// <summary>What the writers of one segment share. On a cache line of its own, away from what readers load.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct SegmentState
{
    private const int Free = 0;
    private const int Held = 1;

    // The lock. Owner: whoever changed it from Free, by compare-and-swap; release store when it is given back.
    private int _lock;

    // Owner: whoever holds the lock. Release store, because sums are taken without it.
    private ulong _records;

    /// <summary>How many slots are not never-used: records and tombstones. Owner: whoever holds the lock, and it alone looks.</summary>
    public ulong Used;

    /// <summary>How many records there are.</summary>
    public ulong Records
    {
        readonly get => Volatile.Read(in _records);
        set => Volatile.Write(ref _records, value);
    }

    /// <summary>Takes the lock. It is held for a few hundred nanoseconds, or for as long as it takes to copy the segment.</summary>
    public void Enter()
    {
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref _lock, Held, Free) != Free)
        {
            // Never sleeps: a sleep lasts a thousand times longer than the lock is held.
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Leave() => Volatile.Write(ref _lock, Free);
}
