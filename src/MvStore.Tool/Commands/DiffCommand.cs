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
    private readonly Argument<ulong> _from = Create("from", "The version before.");
    private readonly Argument<ulong> _to = Create("to", "The version after.");

    public DiffCommand(ToolHost host, SharedOptions shared)
        : base("diff", "List the paths that were added (A), modified (M) or deleted (D) between two versions.", host, shared)
    {
        Add(_from);
        Add(_to);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        using var from = StoreReader.Open(store, parsed.GetValue(_from));
        using var to = StoreReader.Open(store, parsed.GetValue(_to));
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

    private static Argument<ulong> Create(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = static result => Numbers.Parse(result, 1, (ulong)long.MaxValue),
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
