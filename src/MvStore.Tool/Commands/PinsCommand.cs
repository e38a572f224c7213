using System.CommandLine;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Tells who keeps old versions in a store that nobody has open.</summary>
internal sealed class PinsCommand : ToolCommand
{
    private const string Summary =
        """
        List the leases of a store, lowest version first: what each sees, until when unless it is renewed, and what would go at the next reclamation if it alone ended. And the holds of changes, furthest back first: up to where each was read, and how many publications are behind that. As long as there are any no floor rises, whatever --keep says. Those past their limit are not listed: they keep nothing. Snapshots are not in the file; they end with the process that opened them. Changes nothing.

        Examples:
          mvstore pins shop.db               who keeps versions that could not be read otherwise
          mvstore pins shop.db --keep 100    what each would keep if the last 100 versions were to stay readable
        """;

    private readonly Argument<string?> _file = StoreArgument.Create();
    private readonly Option<ulong?> _keep = KeepOption.Create();

    public PinsCommand(ToolHost host, SharedOptions shared)
        : base("pins", Summary, host, shared)
    {
        Add(_file);
        Add(_keep);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(_file) is { Length: > 0 } named ? new StoreFile(Host.Absolute(named)) : await FindStoreAsync(parsed, cancellationToken);
        PinsDocument document;
        IReadOnlyList<LeaseInfo> leases;
        await using (var store = await file.OpenForReclamationAsync(Host, parsed.GetValue(_keep), cancellationToken))
        {
            var preview = await store.PreviewReclamationAsync(cancellationToken);
            var costs = preview.Pins.Where(static p => p.IsLease).ToDictionary(static p => p.Owner, static p => p.Cost, StringComparer.Ordinal);
            leases = [.. store.GetLeases().OrderBy(static l => l.Version).ThenBy(static l => l.Name, StringComparer.Ordinal)];
            var holds = store.GetChangeHolds().OrderBy(static h => h.After.Sequence).ThenBy(static h => h.Name, StringComparer.Ordinal);
            var published = store.GetStatistics().PublishedSequence;
            var pinned = preview.Stored[RetentionReason.Pinned];
            document = new PinsDocument
            {
                Store = file.Path,
                Floor = preview.Report.Floor.Value,
                Leases = [.. leases.Select(lease => Describe(lease, costs.GetValueOrDefault(lease.Name)))],
                Holds = [.. holds.Select(hold => Describe(hold, published))],
                PinnedVersions = pinned.Versions,
                PinnedBytes = pinned.Bytes,
            };
        }

        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.PinsDocument);
        }
        else
        {
            Write(document, leases);
        }

        return ExitCode.Ok;
    }

    private static PinnedLeaseDocument Describe(LeaseInfo lease, SnapshotCost? cost) => new()
    {
        Name = lease.Name,
        Version = lease.Version.Value,
        Sequence = lease.Sequence,
        OpenedAt = lease.OpenedAt,
        ExpiresAt = lease.ExpiresAt,
        HeldVersions = cost?.Stored.Versions ?? 0,
        HeldBytes = cost?.Stored.Bytes ?? 0,
        FromBase64 = lease.Scope?.Start?.ToArray(),
        FromIncluded = lease.Scope is { Start: not null } from ? from.StartInclusive : null,
        UntilBase64 = lease.Scope?.End?.ToArray(),
        UntilIncluded = lease.Scope is { End: not null } until ? until.EndInclusive : null,
    };

    private static ChangeHoldDocument Describe(ChangeHold hold, ulong published) => new()
    {
        Name = hold.Name,
        Position = hold.After.ToString(),
        Sequence = hold.After.Sequence,
        ExpiresAt = hold.ExpiresAt,
        HeldPublications = published - Math.Min(hold.After.Sequence, published),
    };

    private static string Show(KeyRange? scope)
        => scope is { } range
            ? $"{(range.StartInclusive ? '[' : '(')}{Show(range.Start)}, {Show(range.End)}{(range.EndInclusive ? ']' : ')')}"
            : "all";

    private static string Show(ReadOnlyMemory<byte>? bound) => bound is { } key ? PathText.Quote(key.Span) : "..";

    private void Write(PinsDocument document, IReadOnlyList<LeaseInfo> leases)
    {
        var summary = new TextTable("", "");
        summary.Add("store", PathText.Clean(document.Store));
        summary.Add("floor", Figures.Count(document.Floor));
        summary.Add("leases", Figures.Count(document.Leases.Count));
        summary.Add("kept by leases", $"{Figures.Count(document.PinnedVersions)} versions, {Figures.Size(document.PinnedBytes)}");
        summary.Add("holds of changes", Figures.Count(document.Holds.Count));
        summary.Write(Host);
        if (document.Leases.Count > 0)
        {
            WriteLeases(document, leases);
        }

        if (document.Holds.Count > 0)
        {
            WriteHolds(document);
        }
    }

    private void WriteLeases(PinsDocument document, IReadOnlyList<LeaseInfo> leases)
    {
        var table = new TextTable("lease", "version", "opened", "expires", "keeps alone", "keys");
        foreach (var (lease, info) in document.Leases.Zip(leases))
        {
            table.Add(
                PathText.Clean(lease.Name),
                $"{info.Version}",
                Figures.Moment(lease.OpenedAt),
                Figures.Moment(lease.ExpiresAt),
                $"{Figures.Count(lease.HeldVersions)} versions, {Figures.Size(lease.HeldBytes)}",
                Show(info.Scope));
        }

        table.Write(Host);
    }

    private void WriteHolds(PinsDocument document)
    {
        var table = new TextTable("hold", "position", "expires", "keeps");
        foreach (var hold in document.Holds)
        {
            table.Add(PathText.Clean(hold.Name), hold.Position, Figures.Moment(hold.ExpiresAt), $"{Figures.Count(hold.HeldPublications)} publications");
        }

        table.Write(Host);
    }
}
