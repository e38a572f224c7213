using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MvStore.Reliability.Kills;

/// <summary>The parent's side of a <see cref="Victim"/>. Used by one task.</summary>
internal sealed class VictimProcess : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5); // a guard against hanging

    private readonly Process _process;
    private readonly Task<string> _errors;

    private VictimProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The last publication acknowledged as durable.</summary>
    public ulong Durable { get; private set; }

    /// <summary>The last publication acknowledged as logged: it outlives the process.</summary>
    public ulong Logged { get; private set; }

    /// <summary>Starts a victim.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="tracer">A program to run it under, with arguments; null for none.</param>
    public static VictimProcess Start(IEnumerable<string> arguments, IReadOnlyList<string>? tracer = null)
    {
        string[] command = [.. tracer ?? [], Host, typeof(VictimProcess).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new VictimProcess(Process.Start(start)!);
    }

    /// <summary>Reads what it tells, and kills it when it has told a number of things, and a little later.</summary>
    /// <param name="lines">How many; more than it tells: it ends by itself.</param>
    /// <param name="spins">How much later.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> KillAfterAsync(int lines, int spins)
    {
        using var guard = new CancellationTokenSource(Longest);
        try
        {
            for (var told = 0; await _process.StandardOutput.ReadLineAsync(guard.Token) is { } line;)
            {
                Note(line);
                if (++told == lines)
                {
                    Thread.SpinWait(spins);
                    _process.Kill();
                }
            }

            await _process.WaitForExitAsync(guard.Token);
        }
        finally
        {
            _process.Kill(entireProcessTree: true);
        }

        return _process.ExitCode;
    }

    /// <summary>What it said of its end.</summary>
    public async Task<string> ErrorsAsync() => await _errors;

    public void Dispose() => _process.Dispose();

    private static string Host
        => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private void Note(string line)
    {
        var sequence = line.Length > 2 && line[1] == ' ' ? ulong.Parse(line.AsSpan(2), CultureInfo.InvariantCulture) : 0;
        if (line[0] == 'd')
        {
            Durable = Math.Max(Durable, sequence);
        }
        else if (line[0] == 'l')
        {
            Logged = Math.Max(Logged, sequence);
        }
    }
}
