using System.ComponentModel;
using System.Diagnostics;

namespace MvStore.Reliability.Kills;

/// <summary>Runs a program of the system.</summary>
internal static class Command
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Whether it is there and succeeded.</returns>
    public static bool Succeeds(string program, params IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
