using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Commands;

/// <summary>Removes history that is not to be kept, or tells what would be removed.</summary>
internal sealed class GcCommand : ToolCommand
{
    private const string Summary =
        """
        Remove the versions that nobody needs: those below what is to be kept, unless a lease sees them. What is removed cannot be read again.

        Examples:
          mvstore gc --dry-run --keep 100    what would go if the last 100 versions stay readable
          mvstore gc --keep 100              do it
          mvstore gc                         bring drops into force, and finish what was begun
        """;

    private readonly Option<ulong?> _keep = KeepOption.Create();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Tell what would be removed, and remove nothing." };

    public GcCommand(ToolHost host, SharedOptions shared)
        : base("gc", Summary, host, shared)
    {
        Add(_keep);
        Add(_dryRun);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var isDryRun = parsed.GetValue(_dryRun);
        var file = await FindStoreAsync(parsed, cancellationToken);
        GcDocument document;
        await using (var store = await file.OpenForReclamationAsync(Host, parsed.GetValue(_keep), cancellationToken))
        {
            // The same figures by reason with and without --dry-run.
            var preview = await store.PreviewReclamationAsync(cancellationToken);
            var report = isDryRun ? preview.Report : await store.ReclaimAsync(cancellationToken);
            document = new GcDocument
            {
                Store = file.Path,
                DryRun = isDryRun,
                Floor = report.Floor.Value,
                Pins = report.Pins,
                ReclaimedVersions = report.ReclaimedVersions,
                ReclaimedBytes = report.ReclaimedBytes,
                Versions = [.. preview.Stored.Select(static reason => VerdictDocument.Of(reason.Key, reason.Value))],
            };
        }

        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.GcDocument);
        }
        else
        {
            Write(document);
        }

        return ExitCode.Ok;
    }

    private void Write(GcDocument document)
    {
        var table = new TextTable("", "");
        table.Add("store", PathText.Clean(document.Store));
        table.Add(document.DryRun ? "floor would be" : "floor", Figures.Count(document.Floor));
        table.Add(document.DryRun ? "would be removed" : "removed", $"{Figures.Count(document.ReclaimedVersions)} versions, {Figures.Size(document.ReclaimedBytes)}");
        foreach (var verdict in document.Versions)
        {
            table.Add(verdict.Reason, $"{Figures.Count(verdict.Versions)} versions, {Figures.Size(verdict.Bytes)}");
        }

        table.Write(Host);
    }
}
