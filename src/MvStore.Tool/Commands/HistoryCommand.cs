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
    private const string Summary =
        """
        List the versions that changed a path, newest first, up to a version or a time.

        Examples:
          mvstore history src/Program.cs                              all of them
          mvstore history src/Program.cs --at 100                     those up to the 100th commit
          mvstore history src/Program.cs --at 2026-11-23T10:00:00Z    those the store had then
        """;

    private readonly PathArgument _path = new();
    private readonly Option<ReadPoint?> _at;

    public HistoryCommand(ToolHost host, SharedOptions shared)
        : base("history", Summary, host, shared)
    {
        _path.AddTo(this);
        _at = ReadPointOption.Create(host);
        Add(_at);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = _path.GetBytes(parsed);
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        using var reader = StoreReader.OpenAt(store, parsed.GetValue(_at));
        var events = new List<(PathEvent Event, CommitRecord Commit)>();
        foreach (var found in await PathHistory.ReadAsync(reader, path, cancellationToken))
        {
            events.Add((found, await reader.GetCommitAsync(found.Version, cancellationToken)));
        }

        if (events.Count == 0)
        {
            throw new ToolException(ExitCode.Negative, parsed.GetValue(_at) is null
                ? $"The path {PathText.Quote(path)} never existed."
                : $"The path {PathText.Quote(path)} did not exist up to version {reader.Version}.");
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
