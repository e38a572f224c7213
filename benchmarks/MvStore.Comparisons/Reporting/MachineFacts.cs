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
        => $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, "
            + $"{(GCSettings.IsServerGC ? "server" : "workstation")} GC{(GCSettings.LatencyMode == GCLatencyMode.Interactive ? ", concurrent" : string.Empty)}";

    /// <summary>The commit, and whether the engine was changed since.</summary>
    public static string Commit()
        => Git("rev-parse", "--short=12", "HEAD") is { } commit
            ? commit + (string.IsNullOrEmpty(Git("status", "--porcelain", "--", ":/src", ":/benchmarks")) ? string.Empty : " with uncommitted changes")
            : "unknown";

    private static string? Git(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
