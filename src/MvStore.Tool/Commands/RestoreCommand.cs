using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Makes a store out of a backup, once the backup has proved sound.</summary>
internal sealed class RestoreCommand : ToolCommand
{
    private const string Summary =
        """
        Verify a backup and make the store from it. The store must not exist. Exit code 1 when the backup is damaged.

        Examples:
          mvstore restore ../history-backup.db               the store of the repository
          mvstore restore shop-backup.db --store shop.db     any store
        """;

    private readonly Argument<string> _backup = new("backup") { Description = "The backup. Stays as it is." };

    public RestoreCommand(ToolHost host, SharedOptions shared)
        : base("restore", Summary, host, shared)
        => Add(_backup.NeverEmpty());

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var began = Host.Time.GetTimestamp();
        var json = IsJson(parsed);
        var from = new StoreFile(Host.Absolute(parsed.GetRequiredValue(_backup)));
        if (!from.Exists)
        {
            throw new ToolException(ExitCode.Store, $"There is no backup '{from.Path}'.");
        }

        var to = await FindStoreAsync(parsed, cancellationToken);
        var maintenance = new StoreMaintenance(ProgressViews.For(Host, json));
        var report = await maintenance.VerifyAsync(from, cancellationToken);
        if (!report.IsSound)
        {
            StoreVerificationSummary.WriteFindings(Host, report);
            throw new ToolException(ExitCode.Negative, $"The backup '{from.Path}' is damaged; no store was made.");
        }

        to.MakeDirectory();
        var copied = await maintenance.RestoreAsync(from, to, cancellationToken);
        CopySummary.Write(Host, CopyDocument.Of(from, to, copied, Host.Time.GetElapsedTime(began)), json);
        return ExitCode.Ok;
    }
}
