using MvStore.Sqlite;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Rendering;

/// <summary>The closing words of a verification of a store. Findings go where errors go; they name rows by version, never by key.</summary>
internal static class StoreVerificationSummary
{
    private const int Shown = 20;

    /// <summary>Writes the findings.</summary>
    public static void WriteFindings(ToolHost host, VerificationReport report)
    {
        foreach (var finding in report.Findings.Take(Shown))
        {
            var row = finding.Key is { } key ? $" (version {finding.Version}, key of {key.Length} bytes)" : "";
            host.Error.Write($"{finding.Where}{row}: {PathText.Clean(finding.Problem)}\n");
        }

        if (report.FindingCount > Shown)
        {
            host.Error.Write($"... and {Figures.Count(report.FindingCount - Shown)} more\n");
        }

        host.Error.Flush();
    }

    /// <summary>Writes all of it.</summary>
    public static void Write(ToolHost host, VerificationReport report, string? logProblem, StoreVerificationDocument document)
    {
        WriteFindings(host, report);
        host.Text.WriteLine(document.Sound
            ? "Sound: every row is what was written."
            : $"DAMAGED: {Figures.Count(document.FindingCount)} findings.");
        if (logProblem is not null)
        {
            host.Error.Write($"commit log: {PathText.Clean(logProblem)}\n");
            host.Error.Flush();
        }

        var table = new TextTable("", "");
        table.Add("store", PathText.Clean(document.Store));
        table.Add("rows checked", Figures.Count(document.Rows));
        table.Add("highest version", Figures.Count(document.HighestVersion));
        table.Add("publications", Figures.Count(document.DurableSequence));
        table.Add("in the commit log only", Figures.Count(document.LogCommits));
        table.Add("duration", Figures.Seconds(TimeSpan.FromSeconds(document.Seconds)));
        table.Write(host);
    }
}
