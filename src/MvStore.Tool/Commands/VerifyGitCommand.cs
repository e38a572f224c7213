using System.CommandLine;
using System.Globalization;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Verifying;

namespace MvStore.Tool.Commands;

/// <summary>Compares a store with the repository it was imported from.</summary>
internal sealed class VerifyGitCommand : ToolCommand
{
    private const string Summary =
        """
        Compare a store with git byte for byte: every commit record, and every path of every n-th commit. Exit code 1 when they differ.

        Examples:
          mvstore verify-git               as many trees as take about half a million paths
          mvstore verify-git --every 1     every tree of every commit
          mvstore verify-git ../project --ref v2.0 --store history.db      what was imported from elsewhere
        """;

    private readonly Argument<string?> _repository = new("repository")
    {
        Description = "A directory in the repository. Default: the one the command stands in.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _reference = new("--ref")
    {
        Description = "The revision that was imported.",
        HelpName = "revision",
        DefaultValueFactory = static _ => "HEAD",
    };

    private readonly Option<int?> _every = new("--every")
    {
        Description = "Compare the tree of every n-th commit, besides the first and the last. Default: as many as compare about half a million paths.",
        HelpName = "n",
        CustomParser = static result => (int)Numbers.Parse(result, 1, int.MaxValue),
    };

    public VerifyGitCommand(ToolHost host, SharedOptions shared)
        : base(
            "verify-git",
            Summary,
            host,
            shared)
    {
        Add(_repository.NeverEmpty());
        Add(_reference.NeverEmpty());
        Add(_every);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var began = Host.Time.GetTimestamp();
        var repository = await FindRepositoryAsync(parsed.GetValue(_repository), cancellationToken);
        var chain = await repository.ListFirstParentsAsync(parsed.GetRequiredValue(_reference), cancellationToken);
        var file = FindStore(parsed, repository);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        var versions = store.VisibleVersion.Value;
        if (versions == 0 || versions > (ulong)chain.Count)
        {
            throw new ToolException(ExitCode.Store, string.Create(
                CultureInfo.InvariantCulture,
                $"The store holds {versions} versions, the history of this revision {chain.Count} commits; it was not imported from here, or nothing was."));
        }

        var imported = chain.Take((int)versions).ToList();
        var every = parsed.GetValue(_every)
            ?? VerifySchedule.ChooseStep(versions, (await repository.ListTreeAsync(imported[^1], cancellationToken)).Count);
        var verifier = new GitVerifier(repository, store);
        var result = await ProgressViews.For(Host, IsJson(parsed)).RunAsync(
            new ProgressPlan($"Verifying {PathText.Clean(repository.Name)}", "commits", 0, (long)versions),
            meter => verifier.RunAsync(imported, every, meter, cancellationToken));
        var document = new VerifyDocument
        {
            Equal = result.DifferenceCount == 0,
            Repository = repository.Name,
            Store = file.Path,
            Versions = versions,
            NotImported = chain.Count - imported.Count,
            Every = every,
            Commits = result.Commits,
            Paths = result.Paths,
            Bytes = result.Bytes,
            Blobs = result.Blobs,
            Seconds = Host.Time.GetElapsedTime(began).TotalSeconds,
            DifferenceCount = result.DifferenceCount,
            Differences =
            [
                .. result.Differences.Select(static d => new DifferenceDocument
                {
                    Bytes = d.Path,
                    Version = d.Version,
                    Commit = d.Commit,
                    What = d.What,
                }),
            ],
        };
        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.VerifyDocument);
        }
        else
        {
            VerifySummary.Write(Host, document, result.Differences);
        }

        return document.Equal ? ExitCode.Ok : ExitCode.Negative;
    }
}
