using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>Runs git to make the repositories the tests need. Tests of the command cannot do without it, so its absence fails them.</summary>
internal static class GitCommandLine
{
    public static string Run(string directory, params string[] arguments) => Run(directory, ReadOnlyMemory<byte>.Empty, arguments);

    public static string Run(string directory, ReadOnlyMemory<byte> input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Nobody's settings: what a test sees depends on the test alone.
        start.Environment["GIT_CONFIG_GLOBAL"] = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment.Remove("GIT_DIR");
        using var process = StartProcess(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using (var stdin = process.StandardInput.BaseStream)
        {
            stdin.Write(input.Span);
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result.TrimEnd('\n')
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed: {error.Result}");
    }

    private static Process StartProcess(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("These tests need the git executable on PATH; install git.", e);
        }
    }
}
