using System.Diagnostics;
using System.Globalization;

namespace MvStore.Reliability.Soak;

/// <summary>What a process tells of itself now and then.</summary>
/// <param name="Resident">Bytes of memory of the process, native memory included.</param>
/// <param name="Managed">Bytes of managed objects.</param>
/// <param name="ManagedCommitted">Bytes that the runtime's heap has taken.</param>
/// <param name="StoreMemory">Bytes that the store counts against its limits.</param>
/// <param name="Unflushed">Commits that are not in the persistent tier.</param>
/// <param name="LagMilliseconds">The age of the oldest of them.</param>
/// <param name="LogBytes">Bytes of the commit log in use.</param>
/// <param name="Published">Publications.</param>
/// <param name="Unsynced">Publications that are not on disk.</param>
/// <param name="Handles">Open handles; 0 where the system does not tell.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Checked">Answers that were compared with the plan.</param>
internal sealed record SoakFigures(
    long Resident,
    long Managed,
    long ManagedCommitted,
    long StoreMemory,
    long Unflushed,
    long LagMilliseconds,
    long LogBytes,
    long Published,
    long Unsynced,
    long Handles,
    long Threads,
    long Checked)
{
    /// <summary>Memory that is not the runtime's heap.</summary>
    public long Native => Math.Max(0, Resident - ManagedCommitted);

    /// <summary>Of this process.</summary>
    public static SoakFigures Of(IMultiVersionStore store, long @checked)
    {
        using var process = Process.GetCurrentProcess();
        var statistics = store.GetStatistics();
        return new SoakFigures(
            process.WorkingSet64,
            GC.GetTotalMemory(forceFullCollection: false),
            GC.GetGCMemoryInfo().TotalCommittedBytes,
            statistics.MemoryBytes,
            statistics.UnflushedCommits,
            (long)statistics.OldestUnflushedAge.TotalMilliseconds,
            statistics.LogBytes,
            (long)statistics.PublishedSequence,
            (long)(statistics.PublishedSequence - Math.Min(statistics.PublishedSequence, statistics.DurableSequence)),
            process.HandleCount,
            process.Threads.Count,
            @checked);
    }

    public static SoakFigures Parse(string line)
    {
        var numbers = Array.ConvertAll(line.Split(' '), number => long.Parse(number, CultureInfo.InvariantCulture));
        return new SoakFigures(
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], numbers[9], numbers[10], numbers[11]);
    }

    /// <summary>One line that <see cref="Parse"/> reads.</summary>
    public string ToLine()
        => string.Join(' ', new[]
        {
            Resident, Managed, ManagedCommitted, StoreMemory, Unflushed, LagMilliseconds, LogBytes, Published, Unsynced, Handles, Threads, Checked,
        }.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
