using System.Globalization;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>
/// One run: the same operations on the real store and on the reference, every answer compared as text, typed errors included. The one
/// thread that does it decides everything, so a seed is the whole run. Snapshots, paged scans and open enumerations are kept across
/// everything else that happens.
/// </summary>
internal sealed class ModelRun : IAsyncDisposable
{
    private const int MaxSnapshots = 5;
    private const int MaxPages = 4;
    private const int MaxStreams = 2;
    private const string TheEnd = "the end";
    private const int MaxRowsOnDisk = 1_000_000;

    private readonly ModelSettings _settings;
    private readonly StoreStorage _storage;
    private readonly StoreFixture _fixture;
    private readonly ReferenceStore _reference;
    private readonly List<ModelReader> _snapshots = [];
    private readonly List<ModelPages> _pages = [];
    private readonly List<ModelStream> _streams = [];
    private readonly List<string> _log = [];
    private int _named;

    private ModelRun(ModelSettings settings, StoreStorage storage, StoreFixture fixture)
    {
        _settings = settings;
        _storage = storage;
        _fixture = fixture;
        _reference = new ReferenceStore(settings.Classified ? settings.Classifier : new UniformClassifier());
    }

    /// <summary>What was done so far, one line for each operation, the last one being the one that failed.</summary>
    public IReadOnlyList<string> Log => _log;

    private IMultiVersionStore Store => _fixture.Store;

    private bool HasTier => _storage != StoreStorage.None;

    /// <summary>Whoever holds a pin: what reclamation must honour.</summary>
    private IEnumerable<ModelReader> PinHolders => _snapshots.Concat(_streams.Select(s => s.Reader));

    public static async Task<ModelRun> StartAsync(ModelSettings settings, StoreStorage storage)
    {
        var fixture = await StoreFixture.OpenAsync(
            storage,
            settings.Apply,
            builder => _ = settings.Classified ? builder.UseKeyClassifier(settings.Classifier) : builder);
        return new ModelRun(settings, storage, fixture);
    }

    public Task ExecuteAsync(ModelOperation operation)
    {
        var random = new Random(operation.Seed);
        return operation.Kind switch
        {
            ModelOperationKind.Commit => CommitAsync(random),
            ModelOperationKind.Get => GetAsync(random),
            ModelOperationKind.Contains => ContainsAsync(random),
            ModelOperationKind.GetMany => GetManyAsync(random),
            ModelOperationKind.GetPrevious => GetPreviousAsync(random),
            ModelOperationKind.WalkBack => WalkBackAsync(random),
            ModelOperationKind.Scan => ScanAsync(random),
            ModelOperationKind.BeginPages => BeginPagesAsync(random),
            ModelOperationKind.NextPage => NextPageAsync(random),
            ModelOperationKind.BeginStream => BeginStreamAsync(random),
            ModelOperationKind.AdvanceStream => AdvanceStreamAsync(random),
            ModelOperationKind.History => HistoryAsync(random),
            ModelOperationKind.OpenSnapshot => OpenSnapshotAsync(random),
            ModelOperationKind.CloseSnapshot => CloseSnapshotAsync(random),
            ModelOperationKind.Flush => FlushAsync(),
            ModelOperationKind.Evict => EvictAsync(random),
            ModelOperationKind.Reclaim => ReclaimAsync(random),
            ModelOperationKind.Reopen => ReopenAsync(),
            ModelOperationKind.Inspect => InspectAsync(),
            _ => throw new InvalidOperationException($"{operation.Kind} is not an operation."),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams)
        {
            await stream.Rows.DisposeAsync();
        }

        _snapshots.ForEach(s => s.Snapshot!.Dispose());
        await _fixture.DisposeAsync();
    }

    // ---- writing -------------------------------------------------------------------------------------------------------------------

    private async Task CommitAsync(Random random)
    {
        var version = PickCommitVersion(random);
        var batch = new WriteBatch();
        for (var i = random.Next(5); i > 0; i--)
        {
            var key = PickKey(random);
            _ = random.Next(10) switch
            {
                < 6 => batch.Set(key, PickValue(random)),
                < 7 => batch.Unset(key, PickValue(random)),
                < 9 => batch.Remove(key),
                _ => batch.Drop(key),
            };
        }

        var durability = random.Next(8) == 0 ? Durability.Durable : Durability.Buffered;
        var deltas = string.Join(", ", batch.Deltas.Select(d => $"{d.Kind} {ByteText.Format(d.Key.Span)}={ByteText.Format(d.Value.Span)}"));
        var published = $"published {_reference.Sequence + 1}";
        var refusals = Refusals(version, batch, durability).ToArray();
        var answer = await ExpectAsync(
            $"commit {version} {durability}: {deltas}",
            async () => $"published {(await Store.CommitAsync(batch, version, durability)).Sequence}",
            refusals.Length == 0 ? [published] : refusals);
        if (answer != published)
        {
            return;
        }

        _reference.Publish(version, batch.Deltas);
        if (durability == Durability.Durable)
        {
            _reference.MarkDurable();
        }
    }

    private IEnumerable<string> Refusals(ulong version, WriteBatch batch, Durability durability)
    {
        if (version is 0 || version > CommitVersion.Max.Value)
        {
            return ["argument out of range"];
        }

        var floors = batch.Count == 0
            ? [_reference.Floors.Default.Value]
            : batch.Deltas.Select(d => _reference.FloorOf(d.Key.ToArray()));
        var belowFloor = floors.Where(f => version <= f).Select(f => AnswerText.BelowFloor(version, f));
        var duplicates = _reference.Duplicates(version, batch.Deltas).Select(key => AnswerText.Duplicate(key, version));
        var unavailable = durability == Durability.Durable && !HasTier ? (string[])["durability unavailable"] : [];
        return [.. belowFloor, .. duplicates, .. unavailable];
    }

    private async Task FlushAsync()
    {
        await ExpectAsync(
            "flush",
            async () =>
            {
                await Store.FlushAsync();
                return "flushed";
            },
            HasTier ? "flushed" : "durability unavailable");
        if (HasTier)
        {
            _reference.MarkDurable();
        }
    }

    private async Task EvictAsync(Random random)
    {
        var target = random.Next(3) == 0 ? random.Next(2_000) : 0;
        await ExpectAsync(
            $"evict to {target}",
            () =>
            {
                var dropped = Store.Evict(target);
                var left = Store.GetStatistics().BufferedBytes;
                var done = HasTier ? left <= target || _reference.Durable < _reference.Sequence : dropped == 0;
                return ValueTask.FromResult(done ? "evicted" : $"dropped {dropped}, left {left}");
            },
            "evicted");
    }

    private async Task ReclaimAsync(Random random)
    {
        if (HasTier && random.Next(2) == 0)
        {
            await FlushAsync();
        }

        Note("reclaim");
        var report = await Store.ReclaimAsync();
        var old = _reference.Floors;
        var kinds = _settings.RetainByKind.Keys.ToDictionary(kind => kind, kind => Store.GetFloor(kind));
        var floors = new FloorSet(Store.GetFloor(), kinds);
        Note($"  -> floors {floors.Default} [{string.Join(", ", kinds)}]");
        Same("the floor reported", report.Floor.ToString(), floors.Default.ToString());
        foreach (var kind in kinds.Keys.Append(EntryKind.Multi))
        {
            RequireFloor(kind, old.Of(kind).Value, floors.Of(kind).Value);
        }

        _reference.RaiseFloors(floors);
        await RequireKeptAsync();
    }

    /// <summary>
    /// The floor follows the visible version at the distance of retention. With a persistent tier it may stay behind by what is not on
    /// disk, no further.
    /// </summary>
    private void RequireFloor(EntryKind kind, ulong old, ulong floor)
    {
        var highest = Behind(_reference.Highest);
        var lowest = HasTier ? Behind(_reference.DurableVersionAt(_reference.Durable)) : highest;
        if (floor < Math.Max(old, lowest) || floor > Math.Max(old, highest))
        {
            throw Mismatch($"floor of {kind}", $"{Math.Max(old, lowest)} to {Math.Max(old, highest)}", floor.ToString(CultureInfo.InvariantCulture));
        }

        ulong Behind(ulong version) => _settings.RetentionOf(kind) is { } retained && retained < version ? version - retained : 0;
    }

    /// <summary>
    /// After reclamation each tier holds exactly what the rule keeps of what it was given: nothing less and nothing more. A pin that was
    /// opened below the floor of a key has no claim on that key; what it happens to see there, one entry, may stay or be gone already.
    /// </summary>
    private async Task RequireKeptAsync()
    {
        if (HasTier && _reference.Durable < _reference.Sequence)
        {
            // What the flusher found on its last round is not known, so neither is what the disk was given.
            return;
        }

        var least = _reference.Kept(PinsOn);
        var unclaimed = _settings.Keys.Sum(key => PinHolders.Count(p => !IsClaimed(key, p)));
        if (!HasTier)
        {
            var count = Store.GetStatistics().BufferedVersions;
            if (count < least.Count || count > least.Count + unclaimed)
            {
                throw Mismatch("versions in memory", $"{least.Count} and {unclaimed} at most", $"{count}");
            }

            return;
        }

        var view = new TierView(CommitVersion.Latest, ulong.MaxValue);
        var page = await _fixture.Tier.ScanAsync(
            new TierScan(KeyRange.All, view, TierScanMode.History, ScanDirection.Forward, MaxRowsOnDisk), CancellationToken.None);
        var rows = page.Rows.Select(r => new VersionedRow(r.Key, r.Version, r.Value)).ToList();
        var extra = rows.Where(r => PinHolders.Any(p => !IsClaimed(r.Key.ToArray(), p) && r.Version <= p.View.At)).ToList();
        Same(
            "versions on disk",
            AnswerText.Of(_reference.Entries.Where(e => least.Contains(e) || extra.Contains(e.Row)).Select(e => e.Row)),
            AnswerText.Of(rows));
        if (rows.Count > least.Count + unclaimed)
        {
            throw Mismatch("versions on disk", $"{least.Count} and {unclaimed} at most", $"{rows.Count}");
        }
    }

    private IEnumerable<ReferenceView> PinsOn(byte[] key) => PinHolders.Where(p => IsClaimed(key, p)).Select(p => p.View);

    private bool IsClaimed(byte[] key, ModelReader holder) => _reference.FloorOf(key, holder.Floors) <= holder.View.At;

    private async Task ReopenAsync()
    {
        if (!HasTier)
        {
            return;
        }

        Note("reopen");
        foreach (var stream in _streams)
        {
            await stream.Rows.DisposeAsync();
        }

        _streams.Clear();
        await _fixture.ReopenAsync();
        foreach (var reader in _snapshots)
        {
            await ExpectAsync($"  get {reader}", async () => AnswerText.Of(await reader.Snapshot!.GetAsync(_settings.Keys[0])), AnswerText.Disposed);
            reader.Snapshot!.Dispose();
        }

        foreach (var pages in _pages.Where(p => p.Reader.Snapshot is null))
        {
            await ExpectAsync("  page of an earlier opening", async () => AnswerText.Of((await ReadPageAsync(pages, 1)).Rows), "argument refused");
        }

        _snapshots.Clear();
        _pages.Clear();
        _reference.MarkDurable();
        await InspectAsync();
    }

    // ---- point reads ---------------------------------------------------------------------------------------------------------------

    private Task<string> GetAsync(Random random)
    {
        var (reader, key) = (PickReader(random), PickKey(random));
        return ExpectAsync(
            $"get {ByteText.Format(key)} {reader}",
            async () => AnswerText.Of(await (reader.Snapshot is { } s ? s.GetAsync(key) : Store.GetAsync(key, reader.At))),
            Unreadable(reader, [key]) ?? [AnswerText.Of(_reference.Get(key, reader.View))]);
    }

    private Task<string> ContainsAsync(Random random)
    {
        var (reader, key) = (PickReader(random), PickKey(random));
        return ExpectAsync(
            $"contains {ByteText.Format(key)} {reader}",
            async () => $"{await (reader.Snapshot is { } s ? s.ContainsAsync(key) : Store.ContainsAsync(key, reader.At))}",
            Unreadable(reader, [key]) ?? [$"{_reference.Get(key, reader.View) is not null}"]);
    }

    private Task<string> GetManyAsync(Random random)
    {
        var reader = PickReader(random);
        var keys = Enumerable.Range(0, random.Next(9)).Select(_ => PickKey(random)).ToList();
        var asked = keys.ConvertAll(k => new ReadOnlyMemory<byte>(k));
        return ExpectAsync(
            $"get many [{string.Join(", ", keys.Select(k => ByteText.Format(k)))}] {reader}",
            async () => AnswerText.Of(await (reader.Snapshot is { } s ? s.GetManyAsync(asked) : Store.GetManyAsync(asked, reader.At))),
            Unreadable(reader, keys) ?? [AnswerText.Of(_reference.GetMany(keys, reader.View))]);
    }

    private Task<string> GetPreviousAsync(Random random)
    {
        var (reader, key) = (PickReader(random, latestOnly: true), PickKey(random));
        var before = PickReadVersion(random);
        return StepBackAsync(reader, key, before);
    }

    private async Task WalkBackAsync(Random random)
    {
        var (reader, key) = (PickReader(random, latestOnly: true), PickKey(random));
        var before = CommitVersion.Latest;
        for (var steps = 0; steps <= _reference.Entries.Count; steps++)
        {
            await StepBackAsync(reader, key, before);
            var step = await (reader.Snapshot is { } s ? s.GetPreviousAsync(key, before) : Store.GetPreviousAsync(key, before));
            if (!step.HasRow)
            {
                return;
            }

            before = step.Row.Version;
        }

        throw Mismatch("walking back", "an end", "none");
    }

    private Task<string> StepBackAsync(ModelReader reader, byte[] key, CommitVersion before)
        => ExpectAsync(
            $"previous {ByteText.Format(key)} before {before} {reader}",
            async () => AnswerText.Of(await (reader.Snapshot is { } s ? s.GetPreviousAsync(key, before) : Store.GetPreviousAsync(key, before))),
            [.. StepBack(reader, key, before)]);

    private IEnumerable<string> StepBack(ModelReader reader, byte[] key, CommitVersion before)
    {
        if (before == CommitVersion.Zero)
        {
            return [AnswerText.Beginning];
        }

        if (reader.Snapshot is not null && _reference.FloorOf(key, reader.Floors) > reader.View.At)
        {
            return [AnswerText.Reclaimed];
        }

        var at = Math.Min(before.Value - 1, reader.View.At);
        if (at < reader.View.At && at < _reference.FloorOf(key))
        {
            return [AnswerText.Reclaimed];
        }

        var entry = _reference.Newest(key, reader.View with { At = at });
        var truth = entry is null ? AnswerText.Beginning : AnswerText.Of(PreviousVersion.Of(entry.Row));
        var isCertain = at == reader.View.At
            || (entry is not null && (entry == _reference.Newest(key, reader.View) || entry.Version > _reference.FloorOf(key)))
            || reader.Snapshot is null
            || !_reference.IsUndermined(reader.View, reader.Floors, key);

        // Below the floor a late version that the snapshot cannot see may have released what it stands on. Then the store may say so.
        return isCertain ? [truth] : [truth, AnswerText.Reclaimed];
    }

    // ---- ranges --------------------------------------------------------------------------------------------------------------------

    private Task<string> ScanAsync(Random random)
    {
        var reader = PickReader(random);
        var (range, after, direction) = PickScan(random, reader);
        return ExpectAsync(
            $"scan {Show(range)} after {after} {direction} {reader}",
            async () => AnswerText.Of(await Scans.ToListAsync(Scan(reader, range, after, direction))),
            Unreadable(reader, range, after) ?? [AnswerText.Of(_reference.Scan(range, reader.View, after.Value, direction))]);
    }

    private async Task BeginPagesAsync(Random random)
    {
        var reader = PickReader(random);
        var (range, after, direction) = PickScan(random, reader);
        var pages = new ModelPages
        {
            Reader = reader,
            Range = range,
            After = after,
            Direction = direction,
            FloorsAtStart = _reference.Floors,
            Rest = new Queue<VersionedRow>(_reference.Scan(range, reader.View, after.Value, direction)),
        };
        await PageAsync($"first page of {Show(range)} after {after} {direction} {reader}", pages, random.Next(1, 5));
        if (pages.Next is not null)
        {
            _pages.Add(pages);
            if (_pages.Count > MaxPages)
            {
                _pages.RemoveAt(0);
            }
        }
    }

    private async Task NextPageAsync(Random random)
    {
        if (_pages.Count == 0)
        {
            return;
        }

        var pages = _pages[random.Next(_pages.Count)];
        await PageAsync($"next page of {Show(pages.Range)} after {pages.After} {pages.Direction} {pages.Reader}", pages, random.Next(1, 5));
        if (pages.Next is null)
        {
            _pages.Remove(pages);
        }
    }

    private async Task PageAsync(string name, ModelPages pages, int size)
    {
        var first = pages.Next is null;
        var errors = first ? Unreadable(pages.Reader, pages.Range, pages.After) : Overtaken(pages);
        ScanPage? page = null;
        var answer = await TryAsync(
            $"{name}, {size} rows",
            async () =>
            {
                page = await ReadPageAsync(pages, size);
                return AnswerText.Of(page.Rows);
            });
        if (page is null || (errors is not null && !errors.Contains(null)))
        {
            if (errors is null || !errors.Contains(answer))
            {
                throw Mismatch(name, $"{string.Join(" or ", errors ?? ["rows"])}", answer);
            }

            pages.Next = null;
            return;
        }

        if (page.Rows.Count > size)
        {
            throw Mismatch(name, $"{size} rows at most", answer);
        }

        Same(name, AnswerText.Of(pages.Rest.Take(page.Rows.Count)), answer);
        for (var i = 0; i < page.Rows.Count; i++)
        {
            pages.Rest.Dequeue();
        }

        pages.EmptyPages = page.Rows.Count == 0 ? pages.EmptyPages + 1 : 0;
        if (pages.EmptyPages > _reference.Entries.Count + 2)
        {
            throw Mismatch(name, "progress", $"{pages.EmptyPages} empty pages in a row");
        }

        pages.Next = page.Next;
        if (page.Next is null && pages.Rest.Count != 0)
        {
            throw Mismatch(name, $"a continuation, for {AnswerText.Of(pages.Rest)}", TheEnd);
        }
    }

    /// <summary>The errors a later page may (null among them) or must give; null when it must give rows.</summary>
    private string?[]? Overtaken(ModelPages pages)
    {
        if (pages.Reader.Snapshot is not null || ReferenceEquals(pages.FloorsAtStart.RaisedTo(_reference.Floors), pages.FloorsAtStart))
        {
            return null;
        }

        // Its moment is no longer kept when the floor is above it. It may also be called off earlier, but only because the floor rose.
        var floor = _reference.FloorOf(pages.Range, _reference.Floors);
        var error = AnswerText.BelowFloor(pages.Reader.View.At, floor);
        return floor > pages.Reader.View.At ? [error] : [error, null];
    }

    private ValueTask<ScanPage> ReadPageAsync(ModelPages pages, int size)
        => pages.Reader.Snapshot is { } snapshot
            ? snapshot.ScanPageAsync(pages.Range, size, pages.Direction, pages.Next, pages.After)
            : Store.ScanPageAsync(pages.Range, ReadScope.Between(pages.After, pages.Reader.At), size, pages.Direction, pages.Next);

    private async Task BeginStreamAsync(Random random)
    {
        var reader = PickReader(random);
        var (range, after, direction) = PickScan(random, reader);
        var history = random.Next(3) == 0;
        if (_streams.Count == MaxStreams || Unreadable(reader, range, after) is not null)
        {
            return;
        }

        var rest = history
            ? _reference.History(range, reader.View, _reference.Floors).Select(e => e.Row)
            : _reference.Scan(range, reader.View, after.Value, direction);
        var stream = new ModelStream
        {
            Name = history ? $"history {Show(range)} {reader}" : $"scan {Show(range)} after {after} {direction} {reader}",
            Reader = reader,
            IsHistory = history,
            Rows = (history ? History(reader, range) : Scan(reader, range, after, direction)).GetAsyncEnumerator(),
            Rest = new Queue<VersionedRow>(rest),
        };
        _streams.Add(stream);
        await AdvanceAsync(stream, 1);
    }

    private async Task AdvanceStreamAsync(Random random)
    {
        if (_streams.Count != 0)
        {
            await AdvanceAsync(_streams[random.Next(_streams.Count)], random.Next(1, 6));
        }
    }

    private async Task AdvanceAsync(ModelStream stream, int rows)
    {
        for (; rows > 0; rows--)
        {
            if (stream.IsHistory && !await AdvanceHistoryAsync(stream))
            {
                return;
            }

            if (stream.IsHistory)
            {
                continue;
            }

            var expected = stream.Rest.TryDequeue(out var row) ? AnswerText.Of(row) : TheEnd;
            var answer = await ExpectAsync(
                $"next of {stream.Name}",
                async () => await stream.Rows.MoveNextAsync() ? AnswerText.Of(stream.Rows.Current) : TheEnd,
                expected);
            if (answer == TheEnd)
            {
                await EndAsync(stream);
                return;
            }
        }
    }

    /// <summary>
    /// A history runs down to the floor, which may rise while it runs: it may leave out what is at or below the floor by then, but never the
    /// newest row of a key.
    /// </summary>
    private async Task<bool> AdvanceHistoryAsync(ModelStream stream)
    {
        var answer = await TryAsync(
            $"next of {stream.Name}",
            async () => await stream.Rows.MoveNextAsync() ? AnswerText.Of(stream.Rows.Current) : TheEnd);
        while (stream.Rest.TryDequeue(out var row))
        {
            if (AnswerText.Of(row) == answer)
            {
                stream.LastKey = row.Key.ToArray();
                return true;
            }

            var isNewest = stream.LastKey is null || !row.Key.Span.SequenceEqual(stream.LastKey);
            if (isNewest || row.Version.Value > _reference.FloorOf(row.Key.ToArray()))
            {
                throw Mismatch(stream.Name, AnswerText.Of(row), answer);
            }
        }

        Same(stream.Name, TheEnd, answer);
        await EndAsync(stream);
        return false;
    }

    private async Task EndAsync(ModelStream stream)
    {
        await stream.Rows.DisposeAsync();
        _streams.Remove(stream);
    }

    private async Task HistoryAsync(Random random)
    {
        var reader = PickReader(random);
        var range = random.Next(2) == 0 ? KeyRange.Exactly(PickKey(random)) : PickScan(random, reader).Range;
        var name = $"history {Show(range)} {reader}";
        IReadOnlyList<VersionedRow> rows = [];
        var answer = await TryAsync(name, async () => AnswerText.Of(rows = await Scans.ToListAsync(History(reader, range))));
        if (Unreadable(reader, range, CommitVersion.Zero) is { } errors)
        {
            OneOf(name, errors, answer);
            return;
        }

        // What no rule keeps may be missing: the newest entry below the floor that a snapshot sees, when a late one released it.
        var expected = _reference.History(range, reader.View, _reference.Floors).Where(e => IsCertain(e) || rows.Contains(e.Row));
        Same(name, AnswerText.Of(expected.Select(e => e.Row)), answer);

        bool IsCertain(ReferenceEntry entry)
            => reader.Snapshot is null
                || entry.Version > _reference.FloorOf(entry.Key)
                || entry == _reference.Newest(entry.Key, reader.View)
                || !_reference.IsUndermined(reader.View, reader.Floors, entry.Key);
    }

    private IAsyncEnumerable<VersionedRow> Scan(ModelReader reader, KeyRange range, CommitVersion after, ScanDirection direction)
        => reader.Snapshot is { } snapshot
            ? snapshot.ScanAsync(range, direction, after)
            : Store.ScanAsync(range, ReadScope.Between(after, reader.At), direction);

    private IAsyncEnumerable<VersionedRow> History(ModelReader reader, KeyRange range)
        => reader.Snapshot is { } snapshot ? snapshot.HistoryAsync(range) : Store.HistoryAsync(range, reader.At);

    // ---- snapshots and figures -----------------------------------------------------------------------------------------------------

    private async Task OpenSnapshotAsync(Random random)
    {
        if (_snapshots.Count == MaxSnapshots)
        {
            return;
        }

        var at = PickReadVersion(random);
        var owner = $"s{++_named}";
        ISnapshot? snapshot = null;
        var view = _reference.Now(at);
        await ExpectAsync(
            $"open snapshot {owner} at {at}",
            () =>
            {
                snapshot = Store.OpenSnapshot(at, owner);
                return ValueTask.FromResult($"opened at {snapshot.Version}");
            },
            view.At < _reference.Floors.Lowest.Value ? AnswerText.BelowFloor(view.At, _reference.Floors.Lowest) : $"opened at {view.At}");
        if (snapshot is not null)
        {
            _snapshots.Add(new ModelReader(snapshot, at, view, _reference.Floors));
        }
    }

    private async Task CloseSnapshotAsync(Random random)
    {
        if (_snapshots.Count == 0)
        {
            return;
        }

        var reader = _snapshots[random.Next(_snapshots.Count)];
        Note($"close {reader}");
        foreach (var stream in _streams.Where(s => s.Reader == reader).ToList())
        {
            await stream.Rows.DisposeAsync();
            _streams.Remove(stream);
        }

        _pages.RemoveAll(p => p.Reader == reader);
        _snapshots.Remove(reader);
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            reader.Snapshot!.Dispose();
        }

        await ExpectAsync($"  get {reader}", async () => AnswerText.Of(await reader.Snapshot!.GetAsync(_settings.Keys[0])), AnswerText.Disposed);
    }

    private Task InspectAsync()
    {
        Note("inspect");
        var figures = Store.GetStatistics();
        Same("visible version", $"{_reference.Highest}", $"{Store.VisibleVersion}");
        Same("published sequence", $"{_reference.Sequence}", $"{figures.PublishedSequence}");
        RequireDurable();
        Same("floor", $"{_reference.Floors.Default}", $"{Store.GetFloor()}");
        Same("open snapshots", $"{_snapshots.Count}", $"{figures.OpenSnapshots}");
        Same(
            "list of snapshots",
            string.Join(", ", _snapshots.OrderBy(s => s.View.At).ThenBy(s => s.Snapshot!.Owner, StringComparer.Ordinal).Select(s => $"{s.Snapshot!.Owner}@{s.View.At}")),
            string.Join(", ", Store.GetOpenSnapshots().OrderBy(s => s.Version).ThenBy(s => s.Owner, StringComparer.Ordinal).Select(s => $"{s.Owner}@{s.Version}")));
        return Task.CompletedTask;
    }

    /// <summary>
    /// What was asked to be durable is. A flush goes on as long as it finds something, so a commit that came just after may be, too.
    /// </summary>
    private void RequireDurable()
    {
        var version = $"{Store.DurableVersion}";
        var sequence = $"{Store.GetStatistics().DurableSequence}";
        if (!HasTier)
        {
            Same("durable version", "0", version);
            Same("durable sequence", "0", sequence);
            return;
        }

        var possible = Enumerable.Range((int)_reference.Durable, (int)(_reference.Sequence - _reference.Durable) + 1).ToList();
        OneOf("durable version", possible.Select(d => $"{_reference.DurableVersionAt((ulong)d)}"), version);
        OneOf("durable sequence", possible.Select(d => $"{d}"), sequence);
    }

    // ---- choosing ------------------------------------------------------------------------------------------------------------------

    private byte[] PickKey(Random random) => _settings.Keys[random.Next(_settings.Keys.Count)];

    private static byte[] PickValue(Random random)
    {
        var value = new byte[random.Next(4)];
        random.NextBytes(value);
        return value;
    }

    private ulong PickCommitVersion(Random random)
    {
        var top = Math.Max(_reference.Highest, _settings.BaseVersion);
        var version = random.Next(24) switch
        {
            < 10 => top + (ulong)random.Next(1, 4),
            < 12 => top + (ulong)random.Next(1, 40),
            < 18 => top - Math.Min((ulong)random.Next(50), top - 1),
            < 21 when _reference.Entries.Count != 0 => _reference.Entries[random.Next(_reference.Entries.Count)].Version,
            < 23 => Math.Max(1, _reference.Floors.Default.Value + (ulong)random.Next(2)),
            _ => random.Next(2) == 0 ? 0 : CommitVersion.Max.Value + 1,
        };
        return random.Next(30) == 0 ? version : Math.Min(version, CommitVersion.Max.Value);
    }

    private CommitVersion PickReadVersion(Random random)
    {
        var top = Math.Max(_reference.Highest, 1);
        return random.Next(20) switch
        {
            < 5 => CommitVersion.Latest,
            < 12 => top - Math.Min((ulong)random.Next(60), top),
            < 15 when _reference.Entries.Count != 0 => _reference.Entries[random.Next(_reference.Entries.Count)].Version + (ulong)random.Next(2),
            < 17 => _reference.Floors.Default.Value + (ulong)random.Next(2),
            17 => Math.Max(1, _reference.Floors.Default.Value) - 1,
            18 => top + (ulong)random.Next(1, 30),
            _ => random.Next(4) switch
            {
                0 => CommitVersion.Zero,
                1 => CommitVersion.Max,
                2 => CommitVersion.Max.Value + 1,
                _ => ulong.MaxValue - 1,
            },
        };
    }

    private ModelReader PickReader(Random random, bool latestOnly = false)
    {
        if (_snapshots.Count != 0 && random.Next(2) == 0)
        {
            return _snapshots[random.Next(_snapshots.Count)];
        }

        var at = latestOnly ? CommitVersion.Latest : PickReadVersion(random);
        return new ModelReader(null, at, _reference.Now(at), _reference.Floors);
    }

    private (KeyRange Range, CommitVersion After, ScanDirection Direction) PickScan(Random random, ModelReader reader)
    {
        var range = random.Next(8) switch
        {
            0 => KeyRange.All,
            1 => KeyRange.Prefix(PickKey(random)),
            2 => KeyRange.From(PickKey(random), random.Next(2) == 0),
            3 => KeyRange.Until(PickKey(random), random.Next(2) == 0),
            4 => KeyRange.Exactly(PickKey(random)),
            5 => KeyRange.All,
            _ => KeyRange.Between(PickKey(random), random.Next(2) == 0, PickKey(random), random.Next(2) == 0),
        };
        var after = random.Next(3) switch
        {
            0 => reader.View.At - Math.Min((ulong)random.Next(30), reader.View.At),
            1 when random.Next(3) == 0 => PickReadVersion(random),
            _ => CommitVersion.Zero,
        };
        return (range, after, random.Next(2) == 0 ? ScanDirection.Forward : ScanDirection.Reverse);
    }

    // ---- comparing -----------------------------------------------------------------------------------------------------------------

    /// <summary>The errors a point read must give because a key's floor is above the reader; null when it must answer.</summary>
    private string[]? Unreadable(ModelReader reader, IReadOnlyCollection<byte[]> keys)
    {
        var above = keys.Where(k => _reference.FloorOf(k, reader.Floors) > reader.View.At).ToList();
        return above.Count == 0
            ? null
            : [.. above.SelectMany(k => (ulong[])[_reference.FloorOf(k, reader.Floors), _reference.FloorOf(k)]).Distinct().Select(f => AnswerText.BelowFloor(reader.View.At, f))];
    }

    private string[]? Unreadable(ModelReader reader, KeyRange range, CommitVersion after)
    {
        if (_reference.FloorOf(range, reader.Floors) <= reader.View.At)
        {
            return null;
        }

        var errors = new List<string>
        {
            AnswerText.BelowFloor(reader.View.At, _reference.FloorOf(range, reader.Floors)),
            AnswerText.BelowFloor(reader.View.At, _reference.FloorOf(range, _reference.Floors)),
        };
        if (range.IsEmpty || after.Value >= reader.View.At)
        {
            errors.Add("[]");
        }

        return [.. errors];
    }

    private async Task<string> ExpectAsync(string name, Func<ValueTask<string>> call, params string[] acceptable)
    {
        var answer = await TryAsync(name, call);
        OneOf(name, acceptable, answer);
        return answer;
    }

    private async Task<string> TryAsync(string name, Func<ValueTask<string>> call)
    {
        Note(name);
        var answer = await AnswerText.OfAsync(call);
        _log[^1] += $" -> {answer}";
        return answer;
    }

    private void OneOf(string name, IEnumerable<string> acceptable, string actual)
    {
        if (!acceptable.Contains(actual))
        {
            throw Mismatch(name, string.Join(" or ", acceptable), actual);
        }
    }

    private void Same(string name, string expected, string actual) => OneOf(name, [expected], actual);

    private ModelMismatchException Mismatch(string name, string expected, string actual)
    {
        var mismatch = new ModelMismatchException($"{name}{Environment.NewLine}  expected {expected}{Environment.NewLine}  but got  {actual}");
        _log.Add($"  expected {expected}");
        return mismatch;
    }

    private void Note(string line) => _log.Add(line);

    private static string Show(KeyRange range)
    {
        var start = range.Start is { } s ? ByteText.Format(s.Span) : "..";
        var end = range.End is { } e ? ByteText.Format(e.Span) : "..";
        return $"{(range.StartInclusive ? '[' : '(')}{start},{end}{(range.EndInclusive ? ']' : ')')}";
    }

    private sealed class UniformClassifier : IKeyClassifier
    {
        public EntryKind Classify(ReadOnlySpan<byte> key) => EntryKind.Multi;
    }
}
