using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Says what a store holds.</summary>
internal sealed class StatCommand(ToolHost host, SharedOptions shared)
    : ToolCommand("stat", "Say what the store holds: versions, floor, keys, sizes.", host, shared)
{
    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = await FindStoreAsync(parsed, cancellationToken);
        StatDocument document;
        await using (var store = await file.OpenAsync(Host, cancellationToken))
        {
            var totals = await PathTotals.CountAsync(store, cancellationToken);
            document = new StatDocument
            {
                Store = file.Path,
                Versions = store.VisibleVersion.Value,
                Floor = store.GetFloor().Value,
                DurableVersion = store.DurableVersion.Value,
                Commit = await FindCommitAsync(store, cancellationToken),
                Paths = totals.Paths,
                PathBytes = totals.Bytes,
                Keys = totals.Keys,
                StoreBytes = 0,
            };
        }

        document = document with { StoreBytes = file.MeasureBytes() };
        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.StatDocument);
        }
        else
        {
            Write(document);
        }

        return ExitCode.Ok;
    }

    private static async Task<string?> FindCommitAsync(IMultiVersionStore store, CancellationToken cancellationToken)
    {
        using var reader = StoreReader.Open(store, null);
        return reader.Version == CommitVersion.Zero ? null : (await reader.GetCommitAsync(reader.Version, cancellationToken)).Id;
    }

    private void Write(StatDocument stat)
    {
        var table = new TextTable("", "");
        table.Add("store", PathText.Clean(stat.Store));
        table.Add("versions", Figures.Count(stat.Versions));
        table.Add("newest commit", PathText.Clean(stat.Commit ?? "none"));
        table.Add("floor", Figures.Count(stat.Floor));
        table.Add("durable version", Figures.Count(stat.DurableVersion));
        table.Add("keys now", Figures.Count(stat.Keys));
        table.Add("paths now", Figures.Count(stat.Paths));
        table.Add("contents now", Figures.Size(stat.PathBytes));
        table.Add("store size", Figures.Size(stat.StoreBytes));
        table.Write(Host);
    }
}
