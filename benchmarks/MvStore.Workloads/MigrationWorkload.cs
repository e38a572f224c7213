using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W9: all rows, committed to memory in random key order, move to disk. Every engine writes transactions of the same rows, each in key
/// order, and is through when the last one is synced.
/// </summary>
internal sealed class MigrationWorkload()
    : Workload("W9", "all rows move from memory to disk", "rows", StoreShape.Fresh, EngineTraits.Migrates)
{
    private const int WarmUpShare = 20;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = new LoadedRows(context.Keys, 1);
        Move(context, new LoadedRows(Math.Max(rows.Count / WarmUpShare, LoadedRows.RowsPerCommit), 1));
        return Move(context, rows);
    }

    private static Dictionary<string, double> Move(WorkloadContext context, LoadedRows rows)
    {
        var settings = new EngineSettings(context.NewDirectory(), Duty: EngineDuty.Migration);
        using var store = PreparedStore.Open(context.Descriptor, settings, rows);
        var stored = (IStoredEngine)store.Engine;
        stored.PrepareMove();
        context.Pauses.Restart();
        var begin = Stopwatch.GetTimestamp();
        stored.MoveToDisk();
        var figures = new Dictionary<string, double> { [Metrics.Rate] = rows.Count / Stopwatch.GetElapsedTime(begin).TotalSeconds };
        if (stored is ILoglessWriting logless)
        {
            begin = Stopwatch.GetTimestamp();
            logless.WriteWithoutLog();
            figures[Metrics.LoglessRate] = rows.Count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        stored.LeaveMemory();
        store.RequireNothingInMemory();
        LoadedRowsCheck.Run(context.Descriptor, stored, rows);
        return figures;
    }
}
