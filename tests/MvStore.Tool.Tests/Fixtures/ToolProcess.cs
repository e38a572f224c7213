using System.Diagnostics;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>The command as a process of its own, to be killed.</summary>
internal sealed class ToolProcess : IDisposable
{
    // A shell that starts this in the background has it ignore SIGINT, and the command would inherit that.
    private static readonly Lazy<bool> HearsSignalsAnew = new(static () => OperatingSystem.IsLinux() && Succeeds("env", "--default-signal=INT", "true"));

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ToolProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static ToolProcess Start(string directory, params string[] args)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        var start = new ProcessStartInfo(HearsSignalsAnew.Value ? "env" : dotnet)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (HearsSignalsAnew.Value)
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add(dotnet);
        }

        start.ArgumentList.Add(typeof(ToolHost).Assembly.Location);
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return new ToolProcess(Process.Start(start)!);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>SIGKILL: no handler runs, nothing is flushed. Without effect when it has ended.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>SIGINT, as Ctrl-C sends it. Without effect when it has ended.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ToolResult> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return new ToolResult(_process.ExitCode, System.Text.Encoding.UTF8.GetBytes(await _output), await _error);
    }

    public void Dispose() => _process.Dispose();

    private static bool Succeeds(string command, params string[] args)
    {
        var start = new ProcessStartInfo(command, args) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
