using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Commands;

/// <summary>Checks a commit log by itself, without its store.</summary>
internal sealed class LogVerifyCommand : OneLogCommand
{
    private const string Summary =
        """
        Check every commit in a commit log. Exit code 1 when something is missing that was durable.

        Examples:
          mvstore log verify                  the log of the repository's store
          mvstore log verify ./shop.db-log    a directory
        """;

    public LogVerifyCommand(ToolHost host, SharedOptions shared)
        : base("verify", Summary, host, shared)
    {
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var directory = await FindLogAsync(parsed, cancellationToken);
        var report = CommitLogInspection.Verify(directory);
        var document = new LogVerificationDocument
        {
            Sound = report.IsSound,
            Log = directory,
            Format = report.Format,
            Segments = report.Segments.Count,
            Commits = report.Commits,
            BaseSequence = report.BaseSequence,
            LastSequence = report.LastSequence,
            SyncedSequence = report.SyncedSequence,
            HighestVersion = report.HighestVersion.Value,
            TornBytes = report.TornBytes,
            Damage = report.Damage,
        };
        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.LogVerificationDocument);
        }
        else
        {
            Write(document);
        }

        return report.IsSound ? ExitCode.Ok : ExitCode.Negative;
    }

    private void Write(LogVerificationDocument report)
    {
        Host.Text.WriteLine(report.Sound ? "Sound: everything that was durable can be read." : $"DAMAGED: {PathText.Clean(report.Damage!)}.");
        var table = new TextTable("", "");
        table.Add("log", PathText.Clean(report.Log));
        table.Add("format", Figures.Count(report.Format));
        table.Add("segments", Figures.Count(report.Segments));
        table.Add("commits", Figures.Count(report.Commits));
        table.Add("publications", $"{Figures.Count(report.BaseSequence)} to {Figures.Count(report.LastSequence)}");
        table.Add("known to be synced", Figures.Count(report.SyncedSequence));
        table.Add("highest version", Figures.Count(report.HighestVersion));
        table.Add("torn end", Figures.Size(report.TornBytes));
        table.Write(Host);
    }
}
