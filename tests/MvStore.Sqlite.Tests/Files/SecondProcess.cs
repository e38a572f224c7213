using System.Diagnostics;

namespace MvStore.Sqlite.Tests.Files;

/// <summary>Another process that opens a store, says how that went, and holds the store until it is killed.</summary>
internal sealed class SecondProcess : IDisposable
{
    public const string Ready = "ready";

    private readonly Process _process;

    private SecondProcess(Process process) => _process = process;

    public static async Task<int> Main(string[] arguments)
    {
        await using var tier = new SqliteTier(new SqliteTierOptions(arguments[0]));
        try
        {
            var state = await tier.OpenAsync(default);
            var next = state.DurableSequence + 1;
            await tier.ApplyAsync(new TierBatch(next - 1, next, next, [Rows.Set("child", next, next, "was here")]), default);
            Console.WriteLine(Ready);
        }
        catch (Exception e)
        {
            Console.WriteLine(e.GetType().Name);
        }

        return Console.In.Read();
    }

    public static SecondProcess Start(string storePath)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(SecondProcess).Assembly.Location);
        start.ArgumentList.Add(storePath);
        return new SecondProcess(Process.Start(start)!);
    }

    public Task<string?> OutcomeAsync() => _process.StandardOutput.ReadLineAsync();

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
