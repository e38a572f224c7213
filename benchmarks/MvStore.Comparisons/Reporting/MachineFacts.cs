using System.Diagnostics;
using System.Runtime;
using System.Runtime.InteropServices;

namespace MvStore.Comparisons.Reporting;

/// <summary>Where and from what the figures come.</summary>
internal static class MachineFacts
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const double Gigabyte = 1 << 30;

    public static string Processor()
    {
        var model = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, "
            + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gigabyte:0} GB";
    }

    public static string Software()
    {
        var kind = GCSettings.IsServerGC ? "server" : "workstation";
        var concurrent = GCSettings.LatencyMode == GCLatencyMode.Interactive ? "concurrent " : string.Empty;
        return $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, {concurrent}{kind} collector";
    }

    /// <summary>The commit, and whether the engine was changed since.</summary>
    public static string Commit()
    {
        var changes = Git("status", "--porcelain", "--", ":/src", ":/benchmarks", ":(top,exclude)benchmarks/RESULTS*");
        return Git("rev-parse", "--short=12", "HEAD") is { } commit
            ? commit + (string.IsNullOrEmpty(changes) ? string.Empty : " with uncommitted changes")
            : "unknown";
    }

    private static string? Git(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var git = Process.Start(start)!;
            var answer = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
