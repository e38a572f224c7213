using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads.Running;

/// <summary>The parent's side of a worker.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int ErrorLinesKept = 5;
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan LongestExit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _directory;
    private readonly Queue<string> _errors = new(); // Locked by itself.

    private WorkerProcess(Process process, string directory)
    {
        _process = process;
        _directory = directory;
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a worker and waits until its store is prepared.</summary>
    /// <exception cref="WorkerFailedException">It could not prepare its store.</exception>
    public static WorkerProcess Start(EngineDescriptor engine, StoreShape shape, long keys, string parentDirectory)
    {
        var directory = Directory.CreateDirectory(Path.Combine(parentDirectory, $"{engine.Id}-{shape}-{Guid.NewGuid():N}")).FullName;
        var host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        }

        foreach (var argument in new WorkerArguments(engine.Id, shape, keys, directory).ToArguments())
        {
            start.ArgumentList.Add(argument);
        }

        var worker = new WorkerProcess(Process.Start(start)!, directory);
        try
        {
            worker.Await();
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Runs once.</summary>
    /// <exception cref="WorkerFailedException">The run failed, or the process ended.</exception>
    public Dictionary<string, double> Run(WorkerRequest request)
    {
        var load = new ForeignLoad(_process);
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Ended();
        }

        var figures = Await();
        figures[Metrics.ForeignCores] = load.Cores();
        return figures;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(LongestExit))
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Dictionary<string, double> Await()
    {
        using var limit = new CancellationTokenSource(LongestRun);
        try
        {
            while (_process.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult() is { } line)
            {
                if (WorkerArguments.ReplyIn(line) is { } reply)
                {
                    return reply.Figures ?? throw new WorkerFailedException(reply.Error ?? "no reason given");
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new WorkerFailedException($"no answer within {LongestRun.TotalMinutes} minutes");
        }

        throw Ended();
    }

    private WorkerFailedException Ended()
    {
        _process.WaitForExit();
        lock (_errors)
        {
            return new WorkerFailedException($"its process ended with {_process.ExitCode}: {string.Join(" | ", _errors)}");
        }
    }

    private void Remember(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_errors)
        {
            _errors.Enqueue(line.Trim());
            while (_errors.Count > ErrorLinesKept)
            {
                _errors.Dequeue();
            }
        }
    }
}
