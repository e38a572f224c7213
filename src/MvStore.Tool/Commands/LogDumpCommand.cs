using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Commands;

/// <summary>Lists the commits in a commit log.</summary>
internal sealed class LogDumpCommand : OneLogCommand
{
    private const string Summary =
        """
        List the commits in a commit log: sequence, version, and how much each changes; never keys or values.
        Before them, the version of the log's format.

        Examples:
          mvstore log dump                       the log of the repository's store
          mvstore log dump --store shop.db       the log of any store
          mvstore log dump ./shop.db-log --json  a directory, as one JSON document
        """;

    public LogDumpCommand(ToolHost host, SharedOptions shared)
        : base("dump", Summary, host, shared)
    {
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var directory = await FindLogAsync(parsed, cancellationToken);
        var format = CommitLogInspection.GetFormat(directory);
        var commits = new List<LogCommitDocument>();
        foreach (var commit in CommitLogInspection.Read(directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            commits.Add(new LogCommitDocument
            {
                Sequence = commit.Sequence,
                Version = commit.Version.Value,
                Rows = commit.Rows,
                Tombstones = commit.Tombstones,
                Drops = commit.Drops,
                Bytes = commit.Bytes,
            });
        }

        if (IsJson(parsed))
        {
            ToolJson.Write(Host, new LogDumpDocument { Log = directory, Format = format, Commits = commits }, ToolJson.Default.LogDumpDocument);
        }
        else
        {
            Write(format, commits);
        }

        return ExitCode.Ok;
    }

    private void Write(int format, List<LogCommitDocument> commits)
    {
        Host.Text.WriteLine(format == 0 ? "The log was never used." : $"Format {Figures.Count(format)}.");
        var table = new TextTable("publication", "version", "rows", "tombstones", "drops", "bytes");
        foreach (var commit in commits)
        {
            table.Add(
                Figures.Count(commit.Sequence),
                Figures.Count(commit.Version),
                Figures.Count(commit.Rows),
                Figures.Count(commit.Tombstones),
                Figures.Count(commit.Drops),
                Figures.Count(commit.Bytes));
        }

        table.Write(Host);
    }
}
