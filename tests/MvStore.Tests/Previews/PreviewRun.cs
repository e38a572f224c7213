using MvStore.Tests.Fixtures;
using MvStore.Tests.Model;

namespace MvStore.Tests.Previews;

/// <summary>
/// A random history with late and sparse versions, deletions, drops, snapshots and a clock, in which each run of reclamation is predicted before it is made: what it
/// reports, what it leaves of each key, and what it removes besides if one snapshot is closed first.
/// </summary>
internal sealed class PreviewRun : IAsyncDisposable
{
    private const int Steps = 120;
    private const int MaxRowsOnDisk = 1_000_000;

    private static readonly string[] Keys = ["a", "b", "b2", "c", "d"];
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    private readonly StoreFixture _fixture;
    private readonly StoreStorage _storage;
    private readonly Random _random;
    private readonly List<ISnapshot> _snapshots = [];
    private ulong _highest;

    private PreviewRun(StoreFixture fixture, StoreStorage storage, Random random)
    {
        _fixture = fixture;
        _storage = storage;
        _random = random;
    }

    private IMultiVersionStore Store => _fixture.Store;

    public static async Task<PreviewRun> OpenAsync(StoreStorage storage, int seed)
    {
        var random = new Random(seed);
        ulong?[] distances = [null, 0, 7, 30];
        var distance = distances[random.Next(4)];
        var ofKind = distances[random.Next(4)];
        var perKey = random.Next(1, 4);
        TimeSpan? age = random.Next(3) == 0 ? TimeSpan.FromMinutes(5) : null;
        var step = random.Next(1, 6);
        var provider = new FixedRetention(random.Next(2) == 0 ? new Retention(3, perKey: 2) : Retention.Everything);
        var strategy = random.Next(3) == 0 ? new OperatorStrategy(provider) : null;
        var fixture = await StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.GarbageCollection.RetainVersions = distance;
                o.GarbageCollection.RetainVersionsByKind[FirstByteClassifier.Operator] = ofKind;
                o.GarbageCollection.RetainAge = age;
                o.GarbageCollection.RetainPerKey = perKey;
                o.Persistence.ReclaimStepVersions = step;
                o.Persistence.ReadPageRows = step;
            },
            builder =>
            {
                builder.UseKeyClassifier(new FirstByteClassifier(precise: true));
                if (strategy is not null)
                {
                    builder.AddGarbageCollectionStrategy(strategy);
                }
            });
        return new PreviewRun(fixture, storage, random);
    }

    public async Task RunAsync()
    {
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync();
        }

        await ReclaimAsPredictedAsync();
        while (_snapshots.Count > 0)
        {
            await CloseAsPredictedAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _snapshots.ForEach(s => s.Dispose());
        await _fixture.DisposeAsync();
    }

    private async Task StepAsync()
    {
        switch (_random.Next(20))
        {
            case < 10:
                await CommitAsync();
                break;
            case < 12:
                Open();
                break;
            case 12 when _snapshots.Count > 0:
                await CloseAsPredictedAsync();
                break;
            case 13:
                await _fixture.FlushIfPersistentAsync();
                break;
            case 14 when _storage != StoreStorage.None:
                Store.Evict(0);
                break;
            case 15:
                _fixture.Clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 4)));
                break;
            case 16 when _storage != StoreStorage.None && _random.Next(4) == 0:
                _snapshots.ForEach(s => s.Dispose());
                _snapshots.Clear();
                await _fixture.ReopenAsync();
                break;
            default:
                await ReclaimAsPredictedAsync();
                break;
        }
    }

    private async Task CommitAsync()
    {
        var version = _random.Next(4) == 0 && _highest > 1 ? (ulong)_random.NextInt64(1, (long)_highest) : _highest + (ulong)_random.Next(1, 6);
        var batch = new WriteBatch();
        foreach (var key in Keys.Where(_ => _random.Next(3) == 0))
        {
            _ = _random.Next(8) switch
            {
                0 => batch.Drop(Bytes.Of(key)),
                1 => batch.Remove(key),
                _ => batch.Set(key, new string('x', _random.Next(20))),
            };
        }

        try
        {
            await Store.CommitAsync(batch, version).Guarded();
            _highest = Math.Max(_highest, version);
        }
        catch (BelowFloorException)
        {
            // Late, and a floor was there first.
        }
        catch (DuplicateVersionException)
        {
            // Late, and another version was there first.
        }
    }

    private void Open()
    {
        var at = _random.Next(3) == 0 ? CommitVersion.Latest : (CommitVersion)(ulong)_random.NextInt64(0, (long)_highest + 3);
        try
        {
            _snapshots.Add(Store.OpenSnapshot(at, $"owner {_snapshots.Count}"));
        }
        catch (BelowFloorException)
        {
            // The floor was there first.
        }
    }

    private async Task ReclaimAsPredictedAsync()
    {
        var before = await StateAsync();
        var preview = await Store.PreviewReclamationAsync().Guarded();
        var explained = await ExplainAllAsync();
        (await StateAsync()).Should().Equal(before, "a dry run changes nothing");

        var report = await Store.ReclaimAsync().Guarded();
        (report with { ScannedVersions = 0 }).Should().Be(preview.Report with { ScannedVersions = 0 });
        await RequireLeftAsync(explained);
    }

    /// <summary>What a snapshot alone keeps is what goes besides when it is closed.</summary>
    private async Task CloseAsPredictedAsync()
    {
        var snapshot = _snapshots[_random.Next(_snapshots.Count)];
        var preview = await Store.PreviewReclamationAsync().Guarded();
        var cost = Store.GetOpenSnapshots().First(s => s.Owner == snapshot.Owner).Cost!;
        var owners = Store.GetOpenSnapshots().Count(s => s.Owner == snapshot.Owner);
        _snapshots.Remove(snapshot);
        snapshot.Dispose();
        if (owners > 1)
        {
            return;
        }

        var report = await Store.ReclaimAsync().Guarded();
        report.ReclaimedVersions.Should().Be(preview.Report.ReclaimedVersions + cost.InMemory.Versions + cost.Stored.Versions);
        report.ReclaimedBytes.Should().Be(preview.Report.ReclaimedBytes + cost.InMemory.Bytes + cost.Stored.Bytes);
    }

    private async Task<List<string>> StateAsync()
    {
        List<string> state =
        [
            $"floor {Store.GetFloor()}",
            $"floor of operator {Store.GetFloor(FirstByteClassifier.Operator)}",
            $"in memory {Store.GetStatistics().BufferedVersions}",
            .. await StoredAsync(),
        ];
        foreach (var key in Keys)
        {
            state.Add($"{key} below {await FloorOfAsync(key)}");
        }

        return state;
    }

    private async Task<CommitVersion> FloorOfAsync(string key)
    {
        try
        {
            await Store.GetAsync(Bytes.Of(key), CommitVersion.Zero).Guarded();
            return CommitVersion.Zero;
        }
        catch (BelowFloorException refused)
        {
            return refused.Floor;
        }
    }

    private async Task<Dictionary<string, KeyExplanation>> ExplainAllAsync()
    {
        var told = new Dictionary<string, KeyExplanation>();
        foreach (var key in Keys)
        {
            told.Add(key, await Store.ExplainAsync(Bytes.Of(key)).Guarded());
        }

        return told;
    }

    private async Task RequireLeftAsync(Dictionary<string, KeyExplanation> explained)
    {
        if (_storage != StoreStorage.None)
        {
            (await StoredAsync()).Should().BeEquivalentTo(
                explained.SelectMany(e => e.Value.Versions.Where(v => Stays(v.Stored)).Select(v => $"{e.Key}@{v.Version}")));
        }

        foreach (var (key, told) in await ExplainAllAsync())
        {
            told.Versions.Select(v => v.Version).Should().BeSubsetOf(explained[key].Versions.Select(v => v.Version));
            foreach (var before in explained[key].Versions)
            {
                var left = told.Versions.SingleOrDefault(v => v.Version == before.Version);
                (left?.Stored is not null).Should().Be(Stays(before.Stored), $"of {key}@{before.Version} that was told");
                if (left?.InMemory is not null || !MayBeEvicted(before, told.Floor))
                {
                    (left?.InMemory is not null).Should().Be(Stays(before.InMemory), $"of {key}@{before.Version} that was told");
                }
            }

            // A deletion may leave memory before the persistent tier, which alone has what it hides.
            explained[key].Versions.Where(v => !v.IsReclaimable && v.InMemory == RetentionReason.Reclaimable && !(v.IsTombstone && Stays(v.Stored))).Should().BeEmpty();
            explained[key].Versions.Where(v => !v.IsReclaimable && v.Stored == RetentionReason.Reclaimable).Should().BeEmpty();
        }

        // What is at or below the floor and on disk may leave memory for there (I21): that is no reclamation.
        static bool MayBeEvicted(VersionExplanation before, CommitVersion floor) => before.Stored is not null && before.Version <= floor;

        static bool Stays(RetentionReason? reason) => reason is not (null or RetentionReason.Reclaimable);
    }

    private async Task<string[]> StoredAsync()
    {
        if (_storage == StoreStorage.None)
        {
            return [];
        }

        var scan = new TierScan(KeyRange.All, Everything, TierScanMode.History, ScanDirection.Forward, MaxRowsOnDisk);
        var page = await _fixture.Tier.ScanAsync(scan, CancellationToken.None);
        return [.. page.Rows.Select(r => $"{Bytes.Text(r.Key)}@{r.Version}")];
    }
}
