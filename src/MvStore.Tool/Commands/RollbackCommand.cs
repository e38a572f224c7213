using System.CommandLine;
using System.Globalization;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Restores an earlier state of a store, or tells what that would take.</summary>
internal sealed class RollbackCommand : ToolCommand
{
    private const string Summary =
        """
        Restore the state that a store, or a range of its keys, had at a version, as a new version on top of all others. Nothing is forgotten: what was in between stays readable, and a rollback can be rolled back. It is one commit, so it must be within the limits of one. A store that import-git made cannot be imported to afterwards.

        Examples:
          mvstore rollback shop.db --to 120 --dry-run                  how many keys would be set and removed
          mvstore rollback shop.db --to 120                            do it, for every key
          mvstore rollback shop.db --to 120 --prefix price/            for keys that begin with price/
          mvstore rollback shop.db --to 120 --from a --until n         for keys from a up to, but not including, n
        """;

    private readonly Argument<string?> _file = StoreArgument.Create();

    private readonly Option<ulong> _to = new("--to")
    {
        Description = "The version whose state is restored; 0 for the empty store.",
        HelpName = "version",
        Required = true,
        CustomParser = static result => Numbers.Parse(result, 0, (ulong)long.MaxValue),
    };

    private readonly KeyRangeOptions _keys = new();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Tell what would be done, and do nothing." };

    public RollbackCommand(ToolHost host, SharedOptions shared)
        : base("rollback", Summary, host, shared)
    {
        Add(_file);
        Add(_to);
        _keys.AddTo(this);
        Add(_dryRun);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var to = parsed.GetValue(_to);
        var range = _keys.GetRange(parsed);
        var isDryRun = parsed.GetValue(_dryRun);
        var file = parsed.GetValue(_file) is { Length: > 0 } named ? new StoreFile(Host.Absolute(named)) : await FindStoreAsync(parsed, cancellationToken);
        RollbackDocument document;

        // Nothing is reclaimed meanwhile, and only if every key is of one kind is it known how far back each can be read.
        await using (var store = await file.OpenForReclamationAsync(Host, null, cancellationToken))
        {
            var version = NextVersion(store, to);
            var (totals, exceeded) = isDryRun
                ? await store.PreviewRollbackAsync(to, version, range, cancellationToken)
                : new RollbackPreview((await store.RollBackAsync(to, version, range, Durability.Durable, cancellationToken)).Totals, null);
            document = new RollbackDocument
            {
                Store = file.Path,
                DryRun = isDryRun,
                To = to,
                Version = version.Value,
                SetKeys = totals.SetKeys,
                RemovedKeys = totals.RemovedKeys,
                Bytes = totals.Bytes,
                ExceededLimit = exceeded,
            };
        }

        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.RollbackDocument);
        }
        else
        {
            Write(document);
        }

        return ExitCode.Ok;
    }

    private static CommitVersion NextVersion(IMultiVersionStore store, ulong to)
    {
        var newest = store.VisibleVersion;
        if (to > newest.Value)
        {
            throw new ToolException(
                ExitCode.Negative, string.Create(CultureInfo.InvariantCulture, $"The store has no version {to}; the newest is {newest}."));
        }

        return newest < CommitVersion.Max ? newest.Value + 1 : throw new ToolException(ExitCode.Store, $"The store has its last version, {newest}; there is none for a rollback.");
    }

    private void Write(RollbackDocument document)
    {
        var table = new TextTable("", "");
        table.Add("store", PathText.Clean(document.Store));
        table.Add("state of version", Figures.Count(document.To));
        table.Add(document.DryRun ? "would be restored as version" : "restored as version", Figures.Count(document.Version));
        table.Add(document.DryRun ? "would be set" : "set", $"{Figures.Count(document.SetKeys)} keys");
        table.Add(document.DryRun ? "would be removed" : "removed", $"{Figures.Count(document.RemovedKeys)} keys");
        table.Add(document.DryRun ? "would be written" : "written", Figures.Size(document.Bytes));
        if (document.ExceededLimit is { } limit)
        {
            table.Add("would be refused", $"more than one commit may be ({PathText.Clean(limit)})");
        }

        table.Write(Host);
    }
}
