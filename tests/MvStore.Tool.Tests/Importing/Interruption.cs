using MvStore.Tool.Importing;
using MvStore.Tool.Rendering;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Importing;

/// <summary>Ends imports before they are done.</summary>
internal static class Interruption
{
    /// <summary>Cancels an import when it has reported a number of commits; returns how many the store has.</summary>
    public static async Task<ulong> CancelAfterAsync(TestRepository repository, int commits)
    {
        using var cancel = new CancellationTokenSource();
        Directory.CreateDirectory(Path.GetDirectoryName(repository.DefaultStore)!);
        await using var store = await StoreDump.OpenAsync(repository.DefaultStore);
        var importer = new GitImporter(await repository.FindAsync(), store, new ImportOptions());
        var chain = await repository.ChainAsync();
        var run = () => importer.RunAsync(chain, 0, new CancellingMeter(commits, cancel), cancel.Token);
        await run.Should().ThrowAsync<OperationCanceledException>();
        return store.VisibleVersion.Value;
    }

    /// <summary>Kills an import as soon as its files have grown by more than some bytes; false when it was done before.</summary>
    public static async Task<bool> KillAfterGrowthAsync(TestRepository repository, long bytes)
    {
        using var import = await AfterGrowthAsync(repository, bytes, static import => import.Kill());
        var result = await import.WaitAsync();
        result.Complaint.Should().BeEmpty("it goes without a word");
        return result.ExitCode != (int)ExitCode.Ok;
    }

    /// <summary>Presses Ctrl-C in an import as soon as its files have grown by more than some bytes; it ends well when it was done before.</summary>
    public static async Task<ToolResult> InterruptAfterGrowthAsync(TestRepository repository, long bytes)
    {
        using var import = await AfterGrowthAsync(repository, bytes, static import => import.Interrupt());
        return await import.WaitAsync();
    }

    // On a thread of its own: beside other work, what waits for its turn in the pool comes when the import is done.
    private static Task<ToolProcess> AfterGrowthAsync(TestRepository repository, long bytes, Action<ToolProcess> end)
        => Task.Factory.StartNew(
            () =>
            {
                var directory = Path.GetDirectoryName(repository.DefaultStore)!;
                var before = Measure(directory);
                var import = ToolProcess.Start(repository.Path, "import-git");
                while (!import.HasExited && Measure(directory) - before <= bytes)
                {
                    Thread.Yield();
                }

                end(import);
                return import;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static long Measure(string directory)
        => Directory.Exists(directory)
            ? new DirectoryInfo(directory).EnumerateFiles().Sum(static file => file.Exists ? file.Length : 0)
            : 0;

    private sealed class CancellingMeter(int commits, CancellationTokenSource cancel) : IProgressMeter
    {
        public void Report(long done)
        {
            if (done == commits)
            {
                cancel.Cancel();
            }
        }
    }
}
