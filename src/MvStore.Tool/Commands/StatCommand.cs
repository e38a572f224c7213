using System.CommandLine;
using MvStore.Tool.Layout;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>
/// Says what a store holds, any store, in three looks: at the files as they lie there, at the tier alone and the log beside it, and at the store once it is open and the log replayed.
/// </summary>
internal sealed class StatCommand(ToolHost host, SharedOptions shared) : ToolCommand("stat", Summary, host, shared)
{
    private const string Summary =
        """
        Say what a store holds: sizes, versions and keys, floors, leases, and how far its file is behind its commit log. It must be closed, or a copy, which is opened, and so its log replayed. Of one that is in use see 'mvstore top'.

        Examples:
          mvstore stat                          the store of the repository
          mvstore stat --store shop.db          any store
          mvstore stat --store shop.db --json   as one JSON document
        """;

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = await FindStoreAsync(parsed, cancellationToken);
        file.RequireExists();
        var sizes = StoreSizes.Of(file);
        var state = await file.ReadStateAsync(cancellationToken);
        var log = FindLag(file, state);
        StatDocument document;
        await using (var store = await file.OpenAsync(Host, cancellationToken))
        {
            var commit = await FindCommitAsync(store, cancellationToken);
            var totals = await new HistoryTotals(isImport: commit is not null).CountAsync(store, cancellationToken);
            document = new StatDocument
            {
                Store = file.Path,
                Versions = store.VisibleVersion.Value,
                Floor = store.GetFloor().Value,
                DurableVersion = store.DurableVersion.Value,
                StoredVersion = state.HighestVersion.Value,
                StoredPublication = state.DurableSequence,
                Commit = commit,
                Paths = totals.Paths.KeysNow,
                PathBytes = totals.Paths.ValueBytesNow,
                Keys = totals.Kinds.Sum(static kind => kind.KeysNow),
                StoreBytes = 0,
                Files = FileSizesDocument.Of(sizes),
                Log = log,
                Kinds = [.. totals.Kinds.Select(KeyTotalsDocument.Of)],
                Floors = [.. FloorsOf(state)],
                KeyFloors = state.Floors.ByKey.Count,
                PendingDrops = state.Drops.Count,
                Leases = [.. store.GetLeases().Select(Describe)],
            };
        }

        document = document with { StoreBytes = file.MeasureBytes() };
        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.StatDocument);
        }
        else
        {
            StatSummary.Write(Host, document);
        }

        return ExitCode.Ok;
    }

    private static LogLagDocument? FindLag(StoreFile file, TierState state)
    {
        if (!Directory.Exists(file.LogDirectory))
        {
            return null;
        }

        var last = CommitLogInspection.Verify(file.LogDirectory).LastSequence;
        return new LogLagDocument
        {
            Needed = CommitLogInspection.IsNeeded(state),
            LastPublication = last,
            Lag = last - Math.Min(last, state.DurableSequence),
        };
    }

    // Null also for a store that no import made.
    private static async Task<string?> FindCommitAsync(IMultiVersionStore store, CancellationToken cancellationToken)
    {
        var newest = store.VisibleVersion;
        return newest != CommitVersion.Zero && await store.GetAsync(KeyLayout.Commit(newest), newest, cancellationToken) is { } row
            ? CommitRecord.Decode(row.Value.Span).Id
            : null;
    }

    private static IEnumerable<KindFloorDocument> FloorsOf(TierState state)
        => state.Floors.ByKind
            .OrderBy(static floor => floor.Key.Family).ThenBy(static floor => floor.Key.Id)
            .Select(static floor => new KindFloorDocument { Kind = floor.Key.ToString(), Floor = floor.Value.Value });

    private static LeaseDocument Describe(LeaseInfo lease) => new()
    {
        Name = lease.Name,
        Version = lease.Version.Value,
        OpenedAt = lease.OpenedAt,
        ExpiresAt = lease.ExpiresAt,
        Scoped = lease.Scope is not null,
    };
}
