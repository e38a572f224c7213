using System.Globalization;
using System.Text.Json;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads.Running;

/// <summary>
/// The process of one engine: prepares its store, then runs what it is asked for until its input ends. A process each, so that no
/// engine pays for the memory, the collector or the compiled code of another, and a crash costs one engine only.
/// </summary>
internal sealed class Worker(WorkerArguments arguments, EngineDescriptor engine, TextReader input, TextWriter output) : IDisposable
{
    // What any run of so long was seen to take; shorter ones take less.
    private const double PresentSeconds = 0.5;
    private const long LeastPresentBytes = 2L << 30;
    private const long PresentBytesPerKey = 500;

    private readonly GarbageCollectionPauses _pauses = new();
    private int _directories;

    public void Run()
    {
        if (Prepare(out var store) is { } failure)
        {
            Reply(failure);
            return;
        }

        using (store)
        {
            Reply(new WorkerReply([], null));
            while (input.ReadLine() is { } line)
            {
                Reply(Run(JsonSerializer.Deserialize<WorkerRequest>(line)!, store));
            }
        }
    }

    public void Dispose() => _pauses.Dispose();

    private WorkerReply? Prepare(out PreparedStore? store)
    {
        store = null;
        try
        {
            store = arguments.Shape == StoreShape.Fresh
                ? null
                : PreparedStore.Open(engine, new EngineSettings(NewDirectory()), arguments.Shape, arguments.Keys);
            return null;
        }
        catch (Exception failure)
        {
            return Failed(failure);
        }
    }

    private WorkerReply Run(WorkerRequest request, PreparedStore? store)
    {
        var workload = WorkloadCatalog.All.First(w => w.Id == request.Workload);
        var duration = TimeSpan.FromSeconds(request.Seconds);
        try
        {
            var least = (long)(LeastPresentBytes * Math.Min(1, request.Seconds / PresentSeconds));
            PresentMemory.Prepare(Math.Max(least, arguments.Keys * PresentBytesPerKey));
            var context = new WorkloadContext(engine, arguments.Keys, duration, request.Round, _pauses, store, NewDirectory);
            var figures = workload.Run(context);
            if (workload.Shape == StoreShape.Stored)
            {
                context.Store.RequireNothingInMemory();
            }

            return new WorkerReply(new Dictionary<string, double>(figures), null);
        }
        catch (Exception failure)
        {
            return Failed(failure);
        }
    }

    private static WorkerReply Failed(Exception failure)
    {
        Console.Error.WriteLine(failure);
        var cause = failure.GetBaseException();
        return new WorkerReply(null, $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");
    }

    private void Reply(WorkerReply reply)
    {
        output.WriteLine(WorkerArguments.ToLine(reply));
        output.Flush();
    }

    private string NewDirectory()
        => Directory.CreateDirectory(Path.Combine(arguments.Directory, (++_directories).ToString(CultureInfo.InvariantCulture))).FullName;
}
