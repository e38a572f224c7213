using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Checks a store by itself, without the repository it came from.</summary>
internal sealed class VerifyCommand : ToolCommand
{
    private const string Summary =
        """
        Check every row of a store, its marks, the structure of its file, and its commit log. Changes nothing. Exit code 1 when something is damaged.

        Examples:
          mvstore verify                   the store of the repository
          mvstore verify shop.db --json    any store, as one JSON document
        """;

    private readonly Argument<string?> _file = new("store")
    {
        Description = "The store file. Default: the one --store names, or that of the repository.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public VerifyCommand(ToolHost host, SharedOptions shared)
        : base(
            "verify",
            Summary,
            host,
            shared)
        => Add(_file.NeverEmpty());

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var began = Host.Time.GetTimestamp();
        var json = IsJson(parsed);
        var file = parsed.GetValue(_file) is { Length: > 0 } named
            ? new StoreFile(Host.Absolute(named))
            : await FindStoreAsync(parsed, cancellationToken);
        file.RequireExists();
        var report = await new StoreMaintenance(ProgressViews.For(Host, json)).VerifyAsync(file, cancellationToken);
        var log = LogStanding.Of(file, report);
        var isSound = report.IsSound && log.Problem is null;
        var document = new StoreVerificationDocument
        {
            Sound = isSound,
            LogCommits = log.Commits,
            Store = file.Path,
            Rows = report.Rows,
            DurableSequence = report.DurableSequence,
            HighestVersion = report.HighestVersion.Value,
            Seconds = Host.Time.GetElapsedTime(began).TotalSeconds,
            FindingCount = report.FindingCount + (log.Problem is null ? 0 : 1),
            Findings =
            [
                .. report.Findings.Select(static f => new FindingDocument
                {
                    Where = f.Where,
                    Problem = f.Problem,
                    KeyBase64 = f.Key?.ToArray(),
                    Version = f.Version?.Value,
                }),
                .. log.Problem is { } problem ? (FindingDocument[])[new FindingDocument { Where = "commit log", Problem = problem, KeyBase64 = null, Version = null }] : [],
            ],
        };
        if (json)
        {
            ToolJson.Write(Host, document, ToolJson.Default.StoreVerificationDocument);
        }
        else
        {
            StoreVerificationSummary.Write(Host, report, log.Problem, document);
        }

        return isSound ? ExitCode.Ok : ExitCode.Negative;
    }
}
