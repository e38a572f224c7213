using System.CommandLine;
using MvStore.Tool.Git;
using MvStore.Tool.Querying;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Lists what differs between two versions.</summary>
internal sealed class DiffCommand : ToolCommand
{
    private const string Summary =
        """
        List the paths that were added (A), modified (M) or deleted (D) between two versions or times.

        Examples:
          mvstore diff 99 100                                          what the 100th commit changed
          mvstore diff 2026-11-22T00:00:00Z 2026-11-23T00:00:00Z       what a day changed in the store
          mvstore diff 2026-11-22 100 --json                           a time and a version, as one JSON document
        """;

    private readonly Argument<ReadPoint> _from;
    private readonly Argument<ReadPoint> _to;

    public DiffCommand(ToolHost host, SharedOptions shared)
        : base("diff", Summary, host, shared)
    {
        _from = Create("from", $"The version or time before. {ReadPointOption.TimeMeaning}", host);
        _to = Create("to", "The version or time after.", host);
        Add(_from);
        Add(_to);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        using var from = StoreReader.OpenAt(store, parsed.GetValue(_from));
        using var to = StoreReader.OpenAt(store, parsed.GetValue(_to));
        var json = IsJson(parsed);
        var changes = new List<DiffEntryDocument>();
        await foreach (var difference in VersionDiff.ReadAsync(from, to, cancellationToken))
        {
            if (json)
            {
                changes.Add(Describe(difference));
            }
            else
            {
                Host.Text.WriteLine($"{difference.Letter}  {PathText.Quote(difference.Path.Span)}");
            }
        }

        if (json)
        {
            var document = new DiffDocument { From = from.Version.Value, To = to.Version.Value, Changes = changes };
            ToolJson.Write(Host, document, ToolJson.Default.DiffDocument);
        }

        return ExitCode.Ok;
    }

    private static Argument<ReadPoint> Create(string name, string description, ToolHost host) => new(name)
    {
        Description = description,
        CustomParser = result => ReadPointOption.Parse(result, host),
    };

    private static DiffEntryDocument Describe(PathDifference difference) => new()
    {
        Bytes = difference.Path,
        Change = difference.Word,
        OldSize = difference.Old?.Size,
        NewSize = difference.New?.Size,
        OldMode = difference.Old is { } old ? GitMode.Format(old.Mode) : null,
        NewMode = difference.New is { } @new ? GitMode.Format(@new.Mode) : null,
    };
}
