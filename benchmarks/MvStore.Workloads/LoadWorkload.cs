using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>W1 and W13: loads an empty store, then weighs the process.</summary>
internal sealed class LoadWorkload() : Workload("W1", "load: commits of 100 sets, 1 thread, empty store", "rows", StoreShape.Fresh)
{
    private const int WarmUpShare = 20;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = new LoadedRows(Math.Max(context.Keys / context.Descriptor.LoadDivisor, LoadedRows.RowsPerCommit), 1);
        WarmUp(context, rows.Count);

        var before = ProcessMemory.Settled();
        using var engine = context.Descriptor.Open(new EngineSettings(context.NewDirectory()));
        context.Pauses.Restart();
        var begin = Stopwatch.GetTimestamp();
        Loading.Load(engine, rows);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var pauses = context.Pauses.Take();
        var grown = ProcessMemory.Settled() - before;

        LoadedRowsCheck.Run(context.Descriptor, engine, rows);
        var figures = new Dictionary<string, double>
        {
            [Metrics.Rate] = rows.Count / seconds,
            [Metrics.BytesPerRow] = grown / (double)rows.Count,
        };
        pauses.AddTo(figures);
        if (engine is IMemoryAccounting accounting)
        {
            figures[Metrics.AccountedBytesPerRow] = accounting.AccountedBytes / (double)rows.Count;
        }

        return figures;
    }

    private static void WarmUp(WorkloadContext context, long rows)
    {
        var some = new LoadedRows(Math.Max(rows / WarmUpShare, LoadedRows.RowsPerCommit), 1);
        using var engine = context.Descriptor.Open(new EngineSettings(context.NewDirectory()));
        Loading.Load(engine, some);
        LoadedRowsCheck.Run(context.Descriptor, engine, some);
    }
}
