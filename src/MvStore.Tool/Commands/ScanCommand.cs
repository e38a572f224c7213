using System.CommandLine;
using System.Text;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Lists the paths of a version.</summary>
internal sealed class ScanCommand : ToolCommand
{
    private const string Summary =
        """
        List the paths of a version or a time with mode and size, in byte order.

        Examples:
          mvstore scan                                  every path there is now
          mvstore scan --prefix src/ --at 100           those below src/ at the 100th commit
          mvstore scan --at "2026-11-23 10:00" --json   as the store had them then, by local time
        """;

    private readonly Option<string> _prefix = new("--prefix")
    {
        Description = "Only paths that begin with this.",
        HelpName = "text",
        DefaultValueFactory = static _ => "",
    };

    private readonly Option<ReadPoint?> _at;

    public ScanCommand(ToolHost host, SharedOptions shared)
        : base("scan", Summary, host, shared)
    {
        _at = ReadPointOption.Create(host);
        Add(_prefix);
        Add(_at);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var prefix = Encoding.UTF8.GetBytes(parsed.GetRequiredValue(_prefix));
        var file = await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        using var reader = StoreReader.OpenAt(store, parsed.GetValue(_at));
        var modes = await reader.ReadModesAsync(prefix, cancellationToken);
        var json = IsJson(parsed);
        var entries = new List<ScanEntryDocument>();
        await foreach (var row in reader.ScanFilesAsync(prefix, cancellationToken))
        {
            var path = KeyLayout.PathOf(row.Key);
            var mode = GitMode.Format(modes[path]);
            if (json)
            {
                entries.Add(new ScanEntryDocument { Bytes = path, Version = row.Version.Value, Mode = mode, Size = row.Value.Length });
            }
            else
            {
                Host.Text.WriteLine($"{mode} {row.Value.Length,10}  {PathText.Quote(path.Span)}");
            }
        }

        if (json)
        {
            ToolJson.Write(Host, new ScanDocument { At = reader.Version.Value, Paths = entries }, ToolJson.Default.ScanDocument);
        }

        return ExitCode.Ok;
    }
}
