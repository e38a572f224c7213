using System.CommandLine;
using System.Globalization;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Watching;

namespace MvStore.Tool.Commands;

/// <summary>Watches the stores of a running process through their meters. Takes nothing from the process but the figures, and no lock of a store.</summary>
internal sealed class TopCommand : ToolCommand
{
    private const string Summary =
        """
        Watch the stores that another process has open: commits, lag, memory, stalls, reclamation. Until it is interrupted, or the process ends.

        Examples:
          mvstore top 1234                       the stores of a process, by its id
          mvstore top --store shop.db            the process that has this store open (Linux)
          mvstore top 1234 --count 1 --json      one reading, as one JSON document
        """;

    private const int MostSeconds = 60;

    private readonly Argument<int?> _process = new("process")
    {
        Description = "The id of the process. Default: the one that has the store open, which can be found on Linux.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result => (int)Numbers.Parse(result, 1, int.MaxValue),
    };

    private readonly Option<int> _interval = new("--interval")
    {
        Description = "How many seconds a reading covers.",
        HelpName = "seconds",
        DefaultValueFactory = static _ => 1,
        CustomParser = static result => (int)Numbers.Parse(result, 1, MostSeconds),
    };

    private readonly Option<int?> _count = new("--count")
    {
        Description = "End after so many readings. Default: never; with --json after one.",
        HelpName = "readings",
        CustomParser = static result => (int)Numbers.Parse(result, 1, int.MaxValue),
    };

    public TopCommand(ToolHost host, SharedOptions shared)
        : base("top", Summary, host, shared)
    {
        Add(_process);
        Add(_interval);
        Add(_count);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var process = parsed.GetValue(_process) ?? await FindProcessAsync(parsed, cancellationToken);
        var interval = parsed.GetValue(_interval);
        if (IsJson(parsed))
        {
            var document = new TopDocument
            {
                Process = process,
                Interval = interval,
                Readings = await CollectAsync(process, interval, parsed.GetValue(_count) ?? 1, cancellationToken),
            };
            ToolJson.Write(Host, document, ToolJson.Default.TopDocument);
            return ExitCode.Ok;
        }

        try
        {
            await ShowAsync(process, interval, parsed.GetValue(_count), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && parsed.GetValue(_count) is null)
        {
            // To interrupt it is how it ends.
        }

        return ExitCode.Ok;
    }

    private static async Task<List<TopReadingDocument>> CollectAsync(int process, int interval, int count, CancellationToken cancellationToken)
    {
        var readings = new List<TopReadingDocument>();
        await foreach (var stores in ProcessWatch.ReadAsync(process, interval, cancellationToken))
        {
            readings.Add(new TopReadingDocument { Stores = [.. stores.Select(TopStoreDocument.Of)] });
            if (readings.Count == count)
            {
                return readings;
            }
        }

        throw new ToolException(ExitCode.Negative, string.Create(CultureInfo.InvariantCulture, $"Process {process} has ended after {readings.Count} of {count} readings."));
    }

    private async Task ShowAsync(int process, int interval, int? count, CancellationToken cancellationToken)
    {
        var view = new TopView(Host, process);
        var shown = 0;
        await foreach (var stores in ProcessWatch.ReadAsync(process, interval, cancellationToken))
        {
            await view.ShowAsync(stores, cancellationToken);
            if (++shown == count)
            {
                return;
            }
        }

        await Host.Error.WriteAsync($"Process {process} has ended.\n");
    }

    private async Task<int> FindProcessAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = await FindStoreAsync(parsed, cancellationToken);
        file.RequireExists();
        return file.FindOwner() is { } owner
            ? owner.Id
            : throw new ToolException(
                ExitCode.Negative, $"No process was found that has the store '{file.Path}' open; start it, or give the id of one, as in 'mvstore top 1234'.");
    }
}
