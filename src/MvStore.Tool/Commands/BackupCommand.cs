using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Copies a store to a new file.</summary>
internal sealed class BackupCommand : ToolCommand
{
    private const string Summary =
        """
        Copy the store to a new file, which is a store itself. A store that another process has open is refused.

        Examples:
          mvstore backup ../history-backup.db                the store of the repository
          mvstore backup shop-backup.db --store shop.db      any store
        """;

    private readonly Argument<string> _target = new("file") { Description = "The file to make. Nothing may exist there." };

    public BackupCommand(ToolHost host, SharedOptions shared)
        : base("backup", Summary, host, shared)
        => Add(_target.NeverEmpty());

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var began = Host.Time.GetTimestamp();
        var json = IsJson(parsed);
        var from = await FindStoreAsync(parsed, cancellationToken);
        from.RequireExists();
        var to = new StoreFile(Host.Absolute(parsed.GetRequiredValue(_target)));
        var copied = await new StoreMaintenance(ProgressViews.For(Host, json)).BackUpAsync(from, to, Host, cancellationToken);
        CopySummary.Write(Host, CopyDocument.Of(from, to, copied, Host.Time.GetElapsedTime(began)), json);
        return ExitCode.Ok;
    }
}
