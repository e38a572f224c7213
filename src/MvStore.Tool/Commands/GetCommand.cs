using System.CommandLine;
using MvStore.Tool.Git;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Writes the content of a path at a version.</summary>
internal sealed class GetCommand : ToolCommand
{
    private readonly PathArgument _path = new();
    private readonly Option<ulong?> _at = AtOption.Create();

    public GetCommand(ToolHost host, SharedOptions shared)
        : base("get", "Write the bytes a path had at a version.", host, shared)
    {
        _path.AddTo(this);
        Add(_at);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = _path.GetBytes(parsed);
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        using var reader = StoreReader.Open(store, parsed.GetValue(_at));
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
