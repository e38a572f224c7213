using System.CommandLine;
using MvStore.Tool.Git;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>What all commands share: the host, the shared options, and the boundary that turns failures into exit codes.</summary>
internal abstract class ToolCommand : Command, IExplainedCommand
{
    private readonly SharedOptions _shared;

    protected ToolCommand(string name, string description, ToolHost host, SharedOptions shared)
        : base(name, CommandText.Of(description).Summary)
    {
        Examples = CommandText.Of(description).Examples;
        Host = host;
        _shared = shared;
        SetAction((parsed, cancellationToken)
            => ErrorBoundary.RunAsync(host, parsed.GetValue(shared.Verbose), () => RunAsync(parsed, cancellationToken)));
    }

    /// <inheritdoc/>
    public string? Examples { get; }

    /// <summary>Where the command stands and writes.</summary>
    protected ToolHost Host { get; }

    /// <summary>Does it.</summary>
    protected abstract Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    /// <summary>Whether the result is to be a JSON document.</summary>
    protected bool IsJson(ParseResult parsed) => parsed.GetValue(_shared.Json);

    /// <summary>The store that was named, or that of a repository.</summary>
    protected StoreFile FindStore(ParseResult parsed, GitRepository repository)
        => parsed.GetValue(_shared.Store) is { Length: > 0 } named ? new StoreFile(Host.Absolute(named)) : StoreFile.Of(repository);

    /// <summary>The store that was named, or that of the repository the command stands in.</summary>
    protected async Task<StoreFile> FindStoreAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_shared.Store) is { Length: > 0 } named)
        {
            return new StoreFile(Host.Absolute(named));
        }

        try
        {
            return StoreFile.Of(await GitRepository.FindAsync(Host.Directory, cancellationToken));
        }
        catch (GitException e)
        {
            throw new ToolException(ExitCode.Git, $"{e.Message} Name the store with --store.", e);
        }
    }

    /// <summary>The repository that was named, or the one the command stands in.</summary>
    protected Task<GitRepository> FindRepositoryAsync(string? named, CancellationToken cancellationToken)
        => GitRepository.FindAsync(named is null ? Host.Directory : Host.Absolute(named), cancellationToken);
}
