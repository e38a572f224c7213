using System.CommandLine;
using System.Globalization;
using MvStore.Tool.Git;
using MvStore.Tool.Importing;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Replays a git history into a store.</summary>
internal sealed class ImportGitCommand : ToolCommand
{
    private const string Summary =
        """
        Replay a git history into a store: the first-parent commits from the root, each one version. Run again, it continues where the store ends.

        Examples:
          mvstore import-git                                       the repository it stands in
          mvstore import-git ../project --ref v2.0                 the history of a tag of another one
          mvstore import-git --store history.db --max-file-bytes 1000000    into a file of its own, no large files
        """;

    private readonly Argument<string?> _repository = new("repository")
    {
        Description = "A directory in the repository. Default: the one the command stands in.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _reference = new("--ref")
    {
        Description = "The revision whose first-parent history is imported.",
        HelpName = "revision",
        DefaultValueFactory = static _ => "HEAD",
    };

    private readonly Option<int> _maxFileBytes = new("--max-file-bytes")
    {
        Description = "The largest file accepted.",
        HelpName = "bytes",
        DefaultValueFactory = static _ => BufferOptions.ValueLengthLimit,
        CustomParser = static result => (int)Numbers.Parse(result, 0, BufferOptions.ValueLengthLimit),
    };

    public ImportGitCommand(ToolHost host, SharedOptions shared)
        : base(
            "import-git",
            Summary,
            host,
            shared)
    {
        Add(_repository.NeverEmpty());
        Add(_reference.NeverEmpty());
        Add(_maxFileBytes);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var began = Host.Time.GetTimestamp();
        var reference = parsed.GetRequiredValue(_reference);
        var repository = await FindRepositoryAsync(parsed.GetValue(_repository), cancellationToken);
        var chain = await repository.ListFirstParentsAsync(reference, cancellationToken);
        var file = FindStore(parsed, repository);
        var options = new ImportOptions { MaxFileBytes = parsed.GetValue(_maxFileBytes) };
        var progress = ProgressViews.For(Host, IsJson(parsed));

        var document = await ImportAsync(file, repository, chain, options, progress, cancellationToken) with
        {
            Reference = reference,
            StoreBytes = file.MeasureBytes(),
            Seconds = Host.Time.GetElapsedTime(began).TotalSeconds,
        };
        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.ImportDocument);
        }
        else
        {
            ImportSummary.Write(Host, document);
        }

        return ExitCode.Ok;
    }

    /// <summary>Everything that happens while the store is open; measured files are complete only after it was closed.</summary>
    private async Task<ImportDocument> ImportAsync(
        StoreFile file,
        GitRepository repository,
        IReadOnlyList<string> chain,
        ImportOptions options,
        IProgressView progress,
        CancellationToken cancellationToken)
    {
        await using var store = await file.CreateOrOpenAsync(Host, cancellationToken);
        try
        {
            var first = await ResumePoint.FindAsync(store, chain, cancellationToken);
            var importer = new GitImporter(repository, store, options);
            var result = await progress.RunAsync(
                new ProgressPlan($"Importing {PathText.Clean(repository.Name)}", "commits", first, chain.Count),
                meter => importer.RunAsync(chain, first, meter, cancellationToken));
            return new ImportDocument
            {
                Repository = repository.Name,
                Reference = "",
                Shallow = repository.IsShallow,
                Store = file.Path,
                Commits = result.Commits,
                Versions = result.LastVersion,
                DurableVersion = store.DurableVersion.Value,
                Paths = (await PathTotals.CountAsync(store, cancellationToken)).Paths,
                Entries = result.Entries,
                Bytes = result.Bytes,
                Seconds = 0,
                StoreBytes = 0,
            };
        }
        catch (OperationCanceledException e)
        {
            throw new ToolException(
                ExitCode.Cancelled,
                string.Create(CultureInfo.InvariantCulture, $"Cancelled behind version {store.VisibleVersion} of {chain.Count}. ")
                    + "What is stored stays; run the same command again to continue.",
                e);
        }
    }
}
