using System.CommandLine;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Querying;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Lists the versions that changed a path.</summary>
internal sealed class HistoryCommand : ToolCommand
{
    private readonly PathArgument _path = new();

    public HistoryCommand(ToolHost host, SharedOptions shared)
        : base("history", "List the versions that changed a path, newest first.", host, shared)
        => _path.AddTo(this);

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = _path.GetBytes(parsed);
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        using var reader = StoreReader.Open(store, null);
        var events = new List<(PathEvent Event, CommitRecord Commit)>();
        foreach (var found in await PathHistory.ReadAsync(store, path, cancellationToken))
        {
            events.Add((found, await reader.GetCommitAsync(found.Version, cancellationToken)));
        }

        if (events.Count == 0)
        {
            throw new ToolException(ExitCode.Negative, $"The path {PathText.Quote(path)} never existed.");
        }

        if (IsJson(parsed))
        {
            var document = new HistoryDocument { Bytes = path, Events = [.. events.Select(static e => Describe(e.Event, e.Commit))] };
            ToolJson.Write(Host, document, ToolJson.Default.HistoryDocument);
            return ExitCode.Ok;
        }

        var table = new TextTable("version", "commit", "time", "mode", "size", "author", "subject");
        foreach (var (found, commit) in events)
        {
            table.Add(
                $"{found.Version}",
                commit.ShortId,
                Figures.Moment(commit.Time),
                found.IsDeletion ? "-" : GitMode.Format(found.Mode),
                found.Size is { } size ? $"{size}" : "deleted",
                PathText.Clean(commit.AuthorName),
                PathText.Clean(commit.Subject));
        }

        table.Write(Host);
        return ExitCode.Ok;
    }

    private static HistoryEventDocument Describe(PathEvent found, CommitRecord commit) => new()
    {
        Version = found.Version.Value,
        Commit = commit.Id,
        Author = commit.Author,
        Time = commit.Time,
        Subject = commit.Subject,
        Deleted = found.IsDeletion,
        Size = found.Size,
        Mode = found.IsDeletion ? null : GitMode.Format(found.Mode),
    };
}
