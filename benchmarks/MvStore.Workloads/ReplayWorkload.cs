using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>
/// W15r: opens a store whose process ended when all rows were in the log and none in the persistent tier. What is opened is a copy of the files of a store in use, as a killed
/// process would leave them. Its rate is rows through the whole of opening.
/// </summary>
internal sealed class ReplayWorkload() : Workload("W15r", "open a store whose log alone has the rows", "rows", StoreShape.Fresh, EngineTraits.Replays)
{
    private const long WarmUpRows = 20_000;
    private const int SamplesRead = 1_000;

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        // The first opening compiles what it calls, and is not counted.
        Open(context, new LoadedRows(Math.Min(context.Keys, WarmUpRows), 1));
        var rows = new LoadedRows(context.Keys, 1);
        var time = Open(context, rows);
        return new Dictionary<string, double>
        {
            [Metrics.Rate] = rows.Count / time.TotalSeconds,
            [Metrics.OpenTime] = time.TotalNanoseconds,
        };
    }

    private static TimeSpan Open(WorkloadContext context, LoadedRows rows)
    {
        var filled = new EngineSettings(context.NewDirectory(), Duty: EngineDuty.Migration);
        var left = new EngineSettings(context.NewDirectory());
        using (var store = PreparedStore.Open(context.Descriptor, filled, rows))
        {
            ((ILoggingEngine)store.Engine).AwaitLog();
            Copy(filled.Directory, left.Directory);
        }

        var begin = Stopwatch.GetTimestamp();
        using var engine = context.Descriptor.Open(left);
        var time = Stopwatch.GetElapsedTime(begin);
        Require(engine, rows);
        return time;
    }

    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            // Files of locks may not be read by others, and hold nothing.
            if (!Path.GetFileName(path).EndsWith("lock", StringComparison.Ordinal))
            {
                File.Copy(path, Path.Combine(to, Path.GetRelativePath(from, path)));
            }
        }
    }

    private static void Require(IWorkloadEngine engine, LoadedRows rows)
    {
        using var reader = engine.OpenReader();
        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        for (var i = 0; i < SamplesRead; i++)
        {
            var index = rows.Count * i / SamplesRead;
            var id = KeySpace.IdOf(index);
            KeySpace.Write(key, id);
            var isRight = reader.TryGet(key, IWorkloadReader.Latest, out var value) && value.IsOf(id);
            WrongAnswerException.Require($"version of row {index} after replaying", rows.VersionSeen(index, rows.LastVersion), isRight ? value.Version : 0);
        }
    }
}
