using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Running;

namespace MvStore.Workloads;

/// <summary>W15: opens a store of ten times the rows that was closed in order. Its rate is the whole of opening, until the store can be used.</summary>
internal sealed class OpenWorkload()
    : Workload("W15", "open a clean store of ten times the rows", "opens", StoreShape.Fresh, EngineTraits.Reopens)
{
    private const int RowFactor = 10;
    private const int Opens = 5;
    private const int SamplesRead = 100;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = new LoadedRows(context.Keys * RowFactor, 1);
        var settings = new EngineSettings(context.NewDirectory());
        Fill(context.Descriptor, settings with { Duty = EngineDuty.Filling }, rows);

        // The first opening compiles what it calls, and is not counted.
        Open(context.Descriptor, settings, rows, new Series(), new Series());
        var (open, withRead) = (new Series(), new Series());
        for (var i = 0; i < Opens; i++)
        {
            Open(context.Descriptor, settings, rows, open, withRead);
        }

        return new Dictionary<string, double>
        {
            [Metrics.Rate] = 1e9 / open.Median,
            [Metrics.OpenTime] = open.Median,
            [Metrics.FirstReadTime] = withRead.Median,
        };
    }

    private static void Fill(EngineDescriptor descriptor, EngineSettings settings, LoadedRows rows)
    {
        using var store = PreparedStore.Open(descriptor, settings, rows);
        if (store.Engine is IStoredEngine stored)
        {
            stored.PrepareMove();
            stored.MoveToDisk();
        }
    }

    private static void Open(EngineDescriptor descriptor, EngineSettings settings, LoadedRows rows, Series open, Series withRead)
    {
        var randomness = new Randomness((ulong)open.Count);
        var begin = Stopwatch.GetTimestamp();
        using var engine = descriptor.Open(settings);
        open.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
        using var reader = engine.OpenReader();
        Require(reader, rows, randomness.Below(rows.Count));
        withRead.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
        for (var i = 0; i < SamplesRead; i++)
        {
            Require(reader, rows, randomness.Below(rows.Count));
        }
    }

    private static void Require(IWorkloadReader reader, LoadedRows rows, long index)
    {
        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        var id = KeySpace.IdOf(index);
        KeySpace.Write(key, id);
        var isRight = reader.TryGet(key, IWorkloadReader.Latest, out var value) && value.IsOf(id);
        WrongAnswerException.Require($"version of row {index} after opening", rows.VersionSeen(index, rows.LastVersion), isRight ? value.Version : 0);
    }
}
