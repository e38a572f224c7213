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

    /// <summary>Everything that was acknowledged as durable, as it was told.</summary>
    public List<ulong> AllDurable { get; } = [];

    /// <summary>Starts a victim.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="tracer">A program to run it under, with arguments; null for none.</param>
    /// <param name="heapLimit">The most bytes of its managed heap; null for what the machine has.</param>
    public static VictimProcess Start(IEnumerable<string> arguments, IReadOnlyList<string>? tracer = null, long? heapLimit = null)
        => new(Launch(arguments, tracer, heapLimit));

    /// <summary>Starts this assembly as a process of its own, with its input, output and errors in the hands of the caller.</summary>
    public static Process Launch(IEnumerable<string> arguments, IReadOnlyList<string>? tracer = null, long? heapLimit = null)
    {
        string[] command = [.. tracer ?? [], Host, typeof(VictimProcess).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (heapLimit is { } limit)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = limit.ToString("X", CultureInfo.InvariantCulture);
        }

        return Process.Start(start)!;
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
            AllDurable.Add(sequence);
            Durable = Math.Max(Durable, sequence);
        }
        else if (line[0] == 'l')
        {
            Logged = Math.Max(Logged, sequence);
        }
    }
}
