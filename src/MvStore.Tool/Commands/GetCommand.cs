using System.CommandLine;
using MvStore.Tool.Git;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Writes the content of a path at a version.</summary>
internal sealed class GetCommand : ToolCommand
{
    private const string Summary =
        """
        Write the bytes a path had at a version or a time.

        Examples:
          mvstore get src/Program.cs                               as it is now
          mvstore get src/Program.cs --at 100                      as it was at the 100th commit
          mvstore get src/Program.cs --at 2026-11-23T10:00:00Z     as the store had it then
          mvstore get c3JjL/8= --base64-path                       a path that is not UTF-8
        """;

    private readonly PathArgument _path = new();
    private readonly Option<ReadPoint?> _at;

    public GetCommand(ToolHost host, SharedOptions shared)
        : base("get", Summary, host, shared)
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
        var row = await reader.GetFileAsync(path, cancellationToken)
            ?? throw new ToolException(ExitCode.Negative, $"The path {PathText.Quote(path)} does not exist at version {reader.Version}.");
        if (!IsJson(parsed))
        {
            await Host.Output.WriteAsync(row.Value, cancellationToken);
            await Host.Output.FlushAsync(cancellationToken);
            return ExitCode.Ok;
        }

        var document = new GetDocument
        {
            Bytes = path,
            At = reader.Version.Value,
            Version = row.Version.Value,
            Mode = GitMode.Format(await reader.GetModeAsync(path, cancellationToken)),
            Size = row.Value.Length,
            ValueBase64 = Convert.ToBase64String(row.Value.Span),
        };
        ToolJson.Write(Host, document, ToolJson.Default.GetDocument);
        return ExitCode.Ok;
    }
}
