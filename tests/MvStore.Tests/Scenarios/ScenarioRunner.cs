using MvStore.Tests.Fixtures;
using MvStore.Tests.Model;
using MvStore.Tests.Text;

namespace MvStore.Tests.Scenarios;

/// <summary>
/// Answers the commands of one script on a store of its own. <c>options</c>, if it is there, is the first command; the store opens with
/// the one after it. Keys that begin with 'b' are of kind operator(7) when the options give operators a retention of their own.
/// </summary>
internal sealed class ScenarioRunner(ScenarioPlace place) : IAsyncDisposable
{
    private readonly Dictionary<string, ISnapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScenarioPages> _pages = new(StringComparer.Ordinal);
    private readonly ScenarioOptions _options = new();
    private StoreFixture? _fixture;

    private IMultiVersionStore Store => _fixture!.Store;

    private bool HasTier => place != ScenarioPlace.MemoryOnly;

    public async Task<IReadOnlyList<string>> ExecuteAsync(string command)
    {
        var words = command.Replace(":", string.Empty, StringComparison.Ordinal).Replace(", ", " ", StringComparison.Ordinal);
        var arguments = new ScenarioArguments(words);
        var verb = arguments.Word();
        if (verb == "options")
        {
            _options.Read(arguments);
            return [];
        }

        _fixture ??= await OpenAsync();
        try
        {
            return await AnswerAsync(verb, arguments);
        }
        catch (Exception error) when (error is MvStoreException or ArgumentException or ObjectDisposedException)
        {
            return [AnswerText.Of(error)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        CloseSnapshots();
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<string>> AnswerAsync(string verb, ScenarioArguments arguments) => verb switch
    {
        "commit" => [await CommitAsync(arguments)],
        "get" => [await GetAsync(arguments)],
        "contains" => [await ContainsAsync(arguments)],
        "many" => Lines(await GetManyAsync(arguments)),
        "previous" => [await PreviousAsync(arguments)],
        "walk" => await WalkAsync(arguments),
        "scan" => Lines(await Scans.ToListAsync(Scan(arguments))),
        "history" => Lines(await Scans.ToListAsync(History(arguments))),
        "pages" => await AllPagesAsync(arguments),
        "paged" => await PagedAsync(arguments),
        "page" => [await FirstPageAsync(arguments)],
        "next" => [await NextPageAsync(arguments)],
        "snapshot" => [OpenSnapshot(arguments)],
        "snapshots" => Snapshots(arguments),
        "close" => [CloseSnapshot(arguments)],
        "visible" => [$"visible {Store.VisibleVersion}"],
        "flush" => [await FlushAsync(arguments)],
        "evict" => [Evict(arguments)],
        "reclaim" => [await ReclaimAsync(arguments)],
        "reopen" => [await ReopenAsync(arguments)],
        _ => throw new FormatException($"'{verb}' is not a command."),
    };

    // ---- the store itself ----------------------------------------------------------------------------------------------------------

    private Task<StoreFixture> OpenAsync()
    {
        var storage = place switch
        {
            ScenarioPlace.MemoryOnly => StoreStorage.None,
            ScenarioPlace.SqliteBuffered or ScenarioPlace.SqliteEvicted => StoreStorage.Sqlite,
            _ => StoreStorage.InMemory,
        };
        return StoreFixture.OpenAsync(storage, _options.Configure, _options.Build);
    }

    private async Task<string> FlushAsync(ScenarioArguments arguments)
    {
        arguments.End();
        if (HasTier)
        {
            await Store.FlushAsync();
        }

        return "flushed";
    }

    private string Evict(ScenarioArguments arguments)
    {
        arguments.End();
        Store.Evict(0);
        return "evicted";
    }

    private async Task<string> ReclaimAsync(ScenarioArguments arguments)
    {
        arguments.End();
        var report = await Store.ReclaimAsync();
        Settle();
        return _options.RetainsOperators
            ? $"floor {report.Floor}, of operators {Store.GetFloor(FirstByteClassifier.Operator)}"
            : $"floor {report.Floor}";
    }

    private async Task<string> ReopenAsync(ScenarioArguments arguments)
    {
        arguments.End();
        CloseSnapshots();
        _pages.Clear();
        if (HasTier)
        {
            await _fixture!.ReopenAsync();
        }

        return "reopened";
    }

    private void Settle()
    {
        if (place is ScenarioPlace.Evicted or ScenarioPlace.SqliteEvicted)
        {
            Store.Evict(0);
        }
    }

    // ---- commands ------------------------------------------------------------------------------------------------------------------

    private async Task<string> CommitAsync(ScenarioArguments arguments)
    {
        var version = arguments.Version();
        var batch = new WriteBatch();
        while (!arguments.IsEmpty)
        {
            var verb = arguments.Word();
            var (key, value) = ScenarioArguments.Pair(arguments.Word());
            _ = verb switch
            {
                "set" => batch.Set(ByteText.Parse(key), ByteText.Parse(value)),
                "unset" => batch.Unset(ByteText.Parse(key), ByteText.Parse(value)),
                "remove" => batch.Remove(ByteText.Parse(key)),
                "drop" => batch.Drop(ByteText.Parse(key)),
                _ => throw new FormatException($"'{verb}' is not a delta."),
            };
        }

        var receipt = await Store.CommitAsync(batch, version);
        if (place is ScenarioPlace.Flushed or ScenarioPlace.Evicted or ScenarioPlace.SqliteEvicted)
        {
            await Store.FlushAsync();
            Settle();
        }

        return $"publication {receipt.Sequence}";
    }

    private async Task<string> GetAsync(ScenarioArguments arguments)
    {
        var key = arguments.Key();
        var (snapshot, at, _, _) = Source(arguments);
        return AnswerText.Of(await (snapshot is null ? Store.GetAsync(key, at) : snapshot.GetAsync(key)));
    }

    private async Task<string> ContainsAsync(ScenarioArguments arguments)
    {
        var key = arguments.Key();
        var (snapshot, at, _, _) = Source(arguments);
        return await (snapshot is null ? Store.ContainsAsync(key, at) : snapshot.ContainsAsync(key)) ? "yes" : "no";
    }

    private async Task<IReadOnlyList<VersionedRow>> GetManyAsync(ScenarioArguments arguments)
    {
        // many (a b c) at 5
        var keys = new List<ReadOnlyMemory<byte>>();
        for (var more = true; more;)
        {
            var word = arguments.Word();
            more = !word.EndsWith(')');
            if (word.Trim('(', ')') is { Length: > 0 } key)
            {
                keys.Add(ByteText.Parse(key));
            }
        }

        var (snapshot, at, _, _) = Source(arguments);
        return await (snapshot is null ? Store.GetManyAsync(keys, at) : snapshot.GetManyAsync(keys));
    }

    private async Task<string> PreviousAsync(ScenarioArguments arguments)
    {
        var key = arguments.Key();
        var before = arguments.Take("before") ? arguments.Version() : CommitVersion.Latest;
        var (snapshot, _, _, _) = Source(arguments);
        return AnswerText.Of(await StepBackAsync(snapshot, key, before));
    }

    private async Task<IReadOnlyList<string>> WalkAsync(ScenarioArguments arguments)
    {
        var key = arguments.Key();
        var (snapshot, _, _, _) = Source(arguments);
        var lines = new List<string>();
        var before = CommitVersion.Latest;
        while (true)
        {
            var step = await StepBackAsync(snapshot, key, before);
            lines.Add(AnswerText.Of(step));
            if (!step.HasRow)
            {
                return lines;
            }

            before = step.Row.Version;
        }
    }

    private ValueTask<PreviousVersion> StepBackAsync(ISnapshot? snapshot, byte[] key, CommitVersion before)
        => snapshot is null ? Store.GetPreviousAsync(key, before) : snapshot.GetPreviousAsync(key, before);

    private IAsyncEnumerable<VersionedRow> Scan(ScenarioArguments arguments)
    {
        var range = arguments.Range();
        var (snapshot, at, after, direction) = Source(arguments);
        return snapshot is null
            ? Store.ScanAsync(range, ReadScope.Between(after, at), direction)
            : snapshot.ScanAsync(range, direction, after);
    }

    private IAsyncEnumerable<VersionedRow> History(ScenarioArguments arguments)
    {
        var range = arguments.Range();
        var (snapshot, at, _, _) = Source(arguments);
        return snapshot is null ? Store.HistoryAsync(range, at) : snapshot.HistoryAsync(range);
    }

    private async Task<IReadOnlyList<string>> AllPagesAsync(ScenarioArguments arguments)
    {
        var size = arguments.Number();
        var pages = Pages(arguments);
        var lines = new List<string>();
        while (true)
        {
            var page = await pages.NextAsync(size);
            lines.Add(Show(page));
            if (page.Next is null)
            {
                return lines;
            }
        }
    }

    private async Task<IReadOnlyList<string>> PagedAsync(ScenarioArguments arguments)
    {
        var size = arguments.Number();
        var pages = Pages(arguments);
        var rows = new List<VersionedRow>();
        var empty = 0;
        while (true)
        {
            var page = await pages.NextAsync(size);
            rows.AddRange(page.Rows);
            if (page.Next is null)
            {
                return [AnswerText.Of(rows), empty == 0 ? "no empty pages" : "some empty pages"];
            }

            empty += page.Rows.Count == 0 ? 1 : 0;
        }
    }

    private async Task<string> FirstPageAsync(ScenarioArguments arguments)
    {
        var name = arguments.Word();
        var size = arguments.Number();
        var pages = _pages[name] = Pages(arguments);
        return Show(await pages.NextAsync(size));
    }

    private async Task<string> NextPageAsync(ScenarioArguments arguments)
    {
        var pages = _pages[arguments.Word()];
        var size = arguments.Number();
        arguments.End();
        return Show(await pages.NextAsync(size));
    }

    private ScenarioPages Pages(ScenarioArguments arguments)
    {
        var range = arguments.Range();
        var (snapshot, at, after, direction) = Source(arguments);
        return new ScenarioPages((size, token) => snapshot is null
            ? Store.ScanPageAsync(range, ReadScope.Between(after, at), size, direction, token)
            : snapshot.ScanPageAsync(range, size, direction, token, after));
    }

    private string OpenSnapshot(ScenarioArguments arguments)
    {
        var name = arguments.Word();
        var at = arguments.Take("at") ? arguments.Version() : CommitVersion.Latest;
        arguments.End();
        var snapshot = _snapshots[name] = Store.OpenSnapshot(at, name);
        return $"snapshot at {snapshot.Version}";
    }

    private List<string> Snapshots(ScenarioArguments arguments)
    {
        arguments.End();
        return Lines(Store.GetOpenSnapshots().Select(s => $"{s.Owner} at {s.Version}"));
    }

    private string CloseSnapshot(ScenarioArguments arguments)
    {
        var name = arguments.Word();
        arguments.End();
        _snapshots[name].Dispose();
        return "closed";
    }

    private void CloseSnapshots()
    {
        foreach (var snapshot in _snapshots.Values)
        {
            snapshot.Dispose();
        }
    }

    /// <summary>The end of a read: <c>in snapshot</c> or <c>at version</c>, <c>after version</c>, <c>reverse</c>, in any order.</summary>
    private (ISnapshot? Snapshot, CommitVersion At, CommitVersion After, ScanDirection Direction) Source(ScenarioArguments arguments)
    {
        var (snapshot, at, after, direction) = ((ISnapshot?)null, CommitVersion.Latest, CommitVersion.Zero, ScanDirection.Forward);
        while (!arguments.IsEmpty)
        {
            if (arguments.Take("in"))
            {
                snapshot = _snapshots[arguments.Word()];
            }
            else if (arguments.Take("at"))
            {
                at = arguments.Version();
            }
            else if (arguments.Take("after"))
            {
                after = arguments.Version();
            }
            else if (arguments.Take("reverse"))
            {
                direction = ScanDirection.Reverse;
            }
            else
            {
                arguments.End();
            }
        }

        return (snapshot, at, after, direction);
    }

    // ---- texts ---------------------------------------------------------------------------------------------------------------------

    private static string Show(ScanPage page) => $"page {AnswerText.Of(page.Rows)}{(page.Next is null ? " end" : " more")}";

    private static List<string> Lines(IEnumerable<VersionedRow> rows) => Lines(rows.Select(AnswerText.Of));

    private static List<string> Lines(IEnumerable<string> lines) => lines.DefaultIfEmpty("nothing").ToList();
}
