using System.CommandLine;
using MvStore.Tool.Layout;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Commands;

/// <summary>Tells of each version of a key why it is kept, or that it may go.</summary>
internal sealed class ExplainCommand : ToolCommand
{
    private const string Summary =
        """
        Tell of each version of a path, newest first, whether reclamation would keep it, by which rule, and who is in the way. Changes nothing.

        Examples:
          mvstore explain src/Program.cs               with everything kept that is readable now
          mvstore explain src/Program.cs --keep 100    if the last 100 versions were to stay readable
          mvstore explain m/src/run.sh --raw           a key of the store as it is, here the mode of a path
        """;

    private readonly PathArgument _path = new();
    private readonly Option<ulong?> _keep = KeepOption.Create();
    private readonly Option<bool> _raw = new("--raw") { Description = "The argument is a key of the store as it is, with its prefix." };

    public ExplainCommand(ToolHost host, SharedOptions shared)
        : base("explain", Summary, host, shared)
    {
        _path.AddTo(this);
        Add(_keep);
        Add(_raw);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = _path.GetBytes(parsed);
        var key = parsed.GetValue(_raw) ? path : KeyLayout.File(path);
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenForReclamationAsync(Host, parsed.GetValue(_keep), cancellationToken);
        var told = await store.ExplainAsync(key, cancellationToken);
        if (told.Versions.Count == 0)
        {
            throw new ToolException(ExitCode.Negative, $"The store has no version of {PathText.Quote(path)}.");
        }

        if (IsJson(parsed))
        {
            var document = new ExplainDocument { Bytes = path, Floor = told.Floor.Value, Versions = [.. told.Versions.Select(Describe)] };
            ToolJson.Write(Host, document, ToolJson.Default.ExplainDocument);
            return ExitCode.Ok;
        }

        var table = new TextTable("version", "bytes", "verdict", "seen by");
        foreach (var version in told.Versions)
        {
            table.Add(
                $"{version.Version}",
                version.IsTombstone ? "deleted" : Figures.Count(version.Bytes),
                VerdictDocument.NameOf(version.Reason),
                version.Pins.Count == 0 ? "-" : string.Join(", ", version.Pins.Select(static p => PathText.Clean(p.Owner))));
        }

        table.Write(Host);
        return ExitCode.Ok;
    }

    private static ExplainedVersionDocument Describe(VersionExplanation version) => new()
    {
        Version = version.Version.Value,
        Sequence = version.Sequence,
        Deleted = version.IsTombstone,
        Bytes = version.Bytes,
        Verdict = VerdictDocument.NameOf(version.Reason),
        SeenBy = [.. version.Pins.Select(static p => p.Owner)],
    };
}
