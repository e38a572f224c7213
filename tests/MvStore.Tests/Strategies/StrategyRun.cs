using MvStore.Tests.Contract;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Strategies;

/// <summary>One run: random steps, each run of reclamation predicted, and after each everything compared with all publications that there were.</summary>
internal sealed class StrategyRun : IAsyncDisposable, IVersionProvider
{
    private const int Steps = 150;

    private static readonly string[] Keys = ["a", "b", "o1", "o2", "s1", "s2"];
    private static readonly KindByFirstByte Kinds = new();

    private readonly StoreStorage _storage;
    private readonly StrategySettings _settings;
    private readonly Random _random;
    private readonly PublishedHistory _history = new();
    private readonly List<PinnedView> _views = [];
    private readonly List<ulong> _handedOut = [];
    private readonly List<string> _log = [];
    private readonly StrategyCheck _check;
    private StoreFixture _fixture = null!;
    private ulong _highest;
    private int _flushed;
    private bool _hasCrashed;
    private bool _leavesGarbage; // whether the tier has put off a run since the last one that was asked for

    // Owner: the listeners of any store that was open; atomic.
    private long _leftOut;

    private StrategyRun(StoreStorage storage, int seed)
    {
        _storage = storage;
        _settings = new StrategySettings(seed);
        _random = new Random(seed);
        _check = new StrategyCheck(_settings, Kinds, _history, _views, Keys);
    }

    /// <summary>How many keys expired.</summary>
    public long Expired { get; private set; }

    /// <summary>How many rows slices left out, as far as listeners were told.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    private IMultiVersionStore Store => _fixture.Store;

    private bool HasTier => _storage != StoreStorage.None;

    public static async Task<StrategyRun> OpenAsync(StoreStorage storage, int seed)
    {
        var run = new StrategyRun(storage, seed);
        run._fixture = await StoreFixture.OpenAsync(storage, run._settings.Apply, builder => builder
            .UseKeyClassifier(Kinds)
            .AddGarbageCollectionStrategy(new OperatorStrategy(run._settings.OfOperators))
            .AddFlushListener(new LeftOutCounter(run))
            .UseVersionProvider(_ => run));
        return run;
    }

    public async Task RunAsync()
    {
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync();
        }

        await ReclaimAsPredictedAsync();
        await RequireAllAsync();
        await EndAsync();
    }

    public ValueTask<CommitVersion> NextAsync(CancellationToken cancellationToken)
    {
        _highest += (ulong)_random.Next(1, 4);
        _handedOut.Add(_highest);
        return new ValueTask<CommitVersion>(_highest);
    }

    public async ValueTask DisposeAsync()
    {
        CloseAll();
        await _fixture.DisposeAsync();
    }

    public override string ToString() => $"{_settings}{Environment.NewLine}{string.Join(Environment.NewLine, _log)}";

    private Task StepAsync() => _random.Next(40) switch
    {
        < 18 => CommitAsync(),
        < 21 => OpenAsync(),
        < 23 => CloseAsync(),
        < 26 => FlushAsync(),
        < 28 => EvictAsync(),
        < 30 => PassAsync(),
        30 => ChangeAsync(),
        31 when HasTier && _random.Next(2) == 0 => ReopenAsync(),
        32 when HasTier && _random.Next(2) == 0 => CrashAsync(),
        33 => ReclaimInBackgroundAsync(),
        < 36 => ReclaimAsPredictedAsync(),
        _ => RequireAllAsync(),
    };

    private async Task CommitAsync()
    {
        var version = _random.Next(4) == 0 && _highest > 1 ? (ulong)_random.NextInt64(1, (long)_highest) : _highest + (ulong)_random.Next(1, 6);
        var batch = new WriteBatch();
        var values = new Dictionary<string, string?>();
        foreach (var key in Keys.Where(_ => _random.Next(3) == 0))
        {
            switch (_random.Next(20))
            {
                case 0:
                    batch.Drop(Bytes.Of(key));
                    _check.TakeNoteOfDrop(key);
                    _log.Add($"drop {key}");
                    break;
                case < 5:
                    batch.Remove(key);
                    values.Add(key, null);
                    break;
                default:
                    batch.Set(key, $"{_history.Count + 1}");
                    values.Add(key, $"{_history.Count + 1}");
                    break;
            }
        }

        try
        {
            await Store.CommitAsync(batch, version).Guarded();
            Publish(version, values);
        }
        catch (BelowFloorException)
        {
            version.Should().BeLessThanOrEqualTo(_highest, "only late ones can be");
        }
        catch (DuplicateVersionException)
        {
            values.Keys.Should().Contain(key => _history.ChainOf(key, _history.Count).Any(e => e.Version == version));
        }
    }

    private void Publish(ulong version, Dictionary<string, string?> values)
    {
        _history.Add(version, values, _fixture.Clock.GetUtcNow());
        _highest = Math.Max(_highest, version);
        _log.Add($"{_history.Count}: {version} {string.Join(' ', values.Select(v => $"{v.Key}={v.Value ?? "-"}"))}");
    }

    private async Task OpenAsync()
    {
        ulong at = _random.Next(3) == 0 ? CommitVersion.Latest.Value : (ulong)_random.NextInt64(0, (long)_highest + 3);
        var floors = await _check.FloorsAsync(Store);
        try
        {
            _views.Add(new PinnedView(Store.OpenSnapshot(at), at, _history.Count, floors));
            _log.Add($"open at {at}");
        }
        catch (BelowFloorException)
        {
            at.Should().BeLessThan(floors.Values.Max());
        }
    }

    private async Task CloseAsync()
    {
        if (_views.Count > 0)
        {
            var view = _views[_random.Next(_views.Count)];
            await _check.RequireViewAsync(view);
            _log.Add($"close at {view.At}");
            _views.Remove(view);
            view.Snapshot.Dispose();
        }
    }

    private async Task FlushAsync()
    {
        if (HasTier)
        {
            await Store.FlushAsync().Guarded();
            _flushed = _history.Count;
            _check.TakeNoteOfFloors(_fixture.Clock.GetUtcNow(), isRun: false);
            _log.Add("flush");
        }
    }

    private Task EvictAsync()
    {
        Store.Evict(_random.Next(2) * 500);
        _log.Add("evict");
        return Task.CompletedTask;
    }

    private Task PassAsync()
    {
        _fixture.Clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 4)));
        _log.Add($"it is {_fixture.Clock.GetUtcNow():T}");
        return Task.CompletedTask;
    }

    private Task ChangeAsync()
    {
        _settings.ChangeOperators(_random);
        _log.Add("operators change");
        return Task.CompletedTask;
    }

    private async Task ReopenAsync()
    {
        CloseAll();
        await _fixture.ReopenAsync();
        _flushed = _history.Count;
        _check.TakeNoteOfFloors(_fixture.Clock.GetUtcNow(), isRun: false);
        _log.Add("reopen");
        Store.GetStatistics().PublishedSequence.Should().Be((ulong)_history.Count);
        await RequireAllAsync();
    }

    private async Task CrashAsync()
    {
        CloseAll();
        if (_storage == StoreStorage.LoggedSqlite && _random.Next(2) == 0)
        {
            await Store.CommitAsync(new WriteBatch(), ++_highest, Durability.Durable).Guarded();
            Publish(_highest, []);
            _flushed = _history.Count;
        }

        await _fixture.CrashAsync();
        _hasCrashed = true;
        var left = (int)Store.GetStatistics().PublishedSequence;
        left.Should().BeInRange(_flushed, _storage == StoreStorage.LoggedSqlite ? _history.Count : _flushed);
        _history.Truncate(left);
        _log.Add($"crash: {left} left");
        await RequireAllAsync();
    }

    private void CloseAll()
    {
        _views.ForEach(view => view.Snapshot.Dispose());
        _views.Clear();
    }

    private async Task ReclaimAsPredictedAsync()
    {
        var now = _fixture.Clock.GetUtcNow();
        var preview = await Store.PreviewReclamationAsync().Guarded();
        var due = _check.KeysThatAreOver(now);
        _handedOut.Clear();
        var report = await Store.ReclaimAsync().Guarded();
        _log.Add($"reclaim: {report}");
        (report with { ScannedVersions = 0 }).Should().Be(preview.Report with { ScannedVersions = 0 });
        _leavesGarbage = false;
        _check.TakeNoteOfFloors(now, isRun: true);
        await TakeNoteOfExpiryAsync(report.ExpiredKeys, due);
        if (HasTier)
        {
            await _check.RequireStoredAsync(_fixture, FlushedSoFar());
        }
    }

    /// <summary>As reclamation does by itself: the tier may leave what can go, and leaves nothing if it does not say that it does.</summary>
    private async Task ReclaimInBackgroundAsync()
    {
        var now = _fixture.Clock.GetUtcNow();
        var due = _check.KeysThatAreOver(now);
        var leaves = HasTier && _random.Next(2) == 0;
        if (HasTier)
        {
            _fixture.Tier.PutsOff = leaves;
        }

        _handedOut.Clear();
        var report = await Store.ReclaimInBackgroundAsync().Guarded();
        _log.Add($"reclaim by itself{(leaves ? ", leaving what can go" : string.Empty)}: {report}");
        _check.TakeNoteOfFloors(now, isRun: true);
        await TakeNoteOfExpiryAsync(report.ExpiredKeys, due);
        _leavesGarbage |= leaves;
        if (HasTier && !_leavesGarbage)
        {
            await _check.RequireStoredAsync(_fixture, FlushedSoFar());
        }
    }

    private int FlushedSoFar() => (int)Store.GetStatistics().FlushedSequence;

    /// <summary>Each key that went had been there for long enough; and none was forgotten, as far as that is known.</summary>
    private async Task TakeNoteOfExpiryAsync(long expired, IReadOnlyDictionary<string, bool> due)
    {
        var removed = new Dictionary<ulong, Dictionary<string, string?>>();
        foreach (var key in Keys.Where(_ => expired > 0))
        {
            var newest = (await Store.HistoryAsync(key)).FirstOrDefault() ?? "none";
            foreach (var version in _handedOut.Where(version => newest == $"-@{version}"))
            {
                removed.TryAdd(version, []);
                removed[version].Add(key, null);
            }
        }

        string[] gone = [.. removed.OrderBy(r => r.Key).SelectMany(r => r.Value.Keys)];
        gone.Should().HaveCount((int)expired);
        gone.Should().BeSubsetOf(due.Keys, "nothing goes early");
        if (!_hasCrashed)
        {
            due.Where(key => key.Value).Select(key => key.Key).Should().BeSubsetOf(gone, "their time is over");
        }

        foreach (var (version, values) in removed.OrderBy(r => r.Key))
        {
            Publish(version, values);
        }

        Expired += expired;
        Store.GetStatistics().PublishedSequence.Should().Be((ulong)_history.Count);
    }

    private async Task RequireAllAsync()
    {
        await _check.RequireFloorsAsync(Store);
        foreach (var view in _views)
        {
            await _check.RequireViewAsync(view);
        }

        await _check.RequireReadsAsync(Store, _random);
    }

    /// <summary>Everything is deleted and nobody looks any more: nothing is left in either tier.</summary>
    private async Task EndAsync()
    {
        CloseAll();
        if (_settings.KeepsSomethingForEver && !HasTier)
        {
            return;
        }

        var isToBeReopened = _settings.KeepsSomethingForEver || _random.Next(2) == 0;
        _settings.KeepNothing();
        if (HasTier && isToBeReopened)
        {
            await _fixture.ReopenAsync();
        }

        var batch = new WriteBatch();
        foreach (var key in Keys)
        {
            batch.Remove(key);
        }

        await Store.CommitAsync(batch, _highest + 1).Guarded();
        await Store.CommitAsync(new WriteBatch(), _highest + 100).Guarded();
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await Store.CommitAsync(new WriteBatch(), _highest + 200).Guarded();
        await _fixture.FlushIfPersistentAsync();
        await Store.ReclaimAsync().Guarded();
        Store.CheckMemory();
        Store.GetStatistics().BufferedVersions.Should().Be(0);
        Store.GetStatistics().BufferedBytes.Should().Be(0);
        if (HasTier)
        {
            (await StrategyCheck.StoredAsync(_fixture)).Should().BeEmpty();
        }
    }

    private sealed class LeftOutCounter(StrategyRun run) : IFlushListener
    {
        public void OnFlush(FlushEvent flushEvent)
        {
            if (flushEvent.Stage == FlushStage.Completed)
            {
                Interlocked.Add(ref run._leftOut, flushEvent.LeftOutRows);
            }
        }
    }
}
