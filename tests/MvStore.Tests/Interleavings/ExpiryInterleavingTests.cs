using MvStore.Conformance;
using MvStore.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tests.Interleavings;

/// <summary>
/// A run in which keys expire, interrupted at every read of the tier and every call of the version provider by updates, flushes, eviction, reclamation and their combinations; what is to expire is
/// on disk, in memory, or in both. A key that was updated is there, one that was not is gone, and nothing before the removal looks different (I40 to I42, contract E5).
/// </summary>
public sealed class ExpiryInterleavingTests(ITestOutputHelper output)
{
    private static readonly TimeToLive TenMinutes = new(TimeSpan.FromMinutes(10));
    private static readonly TimeToLive TenMinutesFromCreation = new(TimeSpan.FromMinutes(10), TimeToLiveStart.Creation);

    private static Dictionary<string, Func<World, Task>> Actions => new()
    {
        ["update"] = world => world.UpdateAsync(),
        ["update late"] = world => world.UpdateLateAsync(),
        ["delete and create"] = async world =>
        {
            await world.Store.RemoveAsync(world.Versions.Next().Value, "b");
            await world.UpdateAsync();
        },
        ["update, flush, evict"] = async world =>
        {
            await world.UpdateAsync();
            await world.SettleAsync();
        },
        ["update late, flush, evict"] = async world =>
        {
            await world.UpdateLateAsync();
            await world.SettleAsync();
        },
        ["flush, evict"] = world => world.SettleAsync(),
        ["roll back"] = world => world.RollBackAsync(),
    };

    [Theory]
    [InlineData(TimeToLiveStart.LastUpdate)]
    [InlineData(TimeToLiveStart.Creation)]
    public async Task E5_a_run_interrupted_anywhere_removes_what_is_over_and_nothing_that_was_updated(TimeToLiveStart from)
    {
        var cases = 0;
        foreach (var (name, action) in Actions)
        {
            for (var point = 0; ; point++)
            {
                await using var world = new World();
                await world.OpenAsync(from == TimeToLiveStart.Creation ? TenMinutesFromCreation : TenMinutes);
                var before = await world.ShowAsync(world.Store.VisibleVersion);
                var at = world.Store.VisibleVersion;
                world.Arm(point, () => action(world));
                var report = await world.Store.ReclaimAsync().Guarded();
                var passed = world.Disarm();
                var where = $"\"{name}\" ran at point {point}";

                (await world.Store.ReadAsync("a")).Should().BeNull(where);
                (await world.Store.ReadAsync("c")).Should().BeNull(where);
                (await world.Store.ReadAsync("z")).Should().StartWith("young", where);
                var updated = await world.Store.ReadAsync("b");
                Expected(from, name, world.Updated).Contains(updated).Should().BeTrue($"{updated ?? "nothing"} was not expected, {where}");
                (await world.ShowAsync(at)).Should().Equal(before, where);
                report.ExpiredKeys.Should().BeInRange(2, 3, where);

                // Nothing was forgotten: what it updated goes as well, when its time has come.
                world.Clock.Advance(TimeSpan.FromMinutes(10));
                await world.Store.ReclaimAsync().Guarded();
                await world.Store.ReclaimAsync().Guarded();
                (await world.Store.ScanAllAsync(CommitVersion.Latest)).Should().BeEmpty(where);
                if (passed <= point)
                {
                    break;
                }

                cases++;
            }
        }

        output.WriteLine($"{from}: {cases} interleavings");
        cases.Should().BePositive();
    }

    // An update before the key is looked at does not save one whose time counts from its creation on.
    private static string?[] Expected(TimeToLiveStart from, string action, string? updated)
        => from == TimeToLiveStart.Creation && action != "delete and create" ? [updated, null] : [updated];

    /// <summary>A store with three keys that are over, one on disk, one in both tiers, one in memory, and one that is not.</summary>
    private sealed class World : IVersionProvider, IAsyncDisposable
    {
        private readonly InMemoryTierStorage _storage = new();
        private IMultiVersionStore? _store;
        private Func<Task>? _action;
        private int _at;
        private int _passed;

        public ManualClock Clock { get; } = new();

        public VersionSource Versions { get; private set; } = null!;

        public IMultiVersionStore Store => _store!;

        /// <summary>What is to be read of the key that is updated; null until it is, because it expires.</summary>
        public string? Updated { get; private set; }

        public async Task OpenAsync(TimeToLive life)
        {
            _store = await new MvStoreBuilder()
                .Configure(StoreFixture.Quiet)
                .Configure(options =>
                {
                    options.Persistence.ReadPageRows = 2;
                    options.GarbageCollection.RetainByKind[EntryKind.Multi] = new Retention { TimeToLive = life };
                })
                .UseTimeProvider(Clock)
                .UsePersistentTier(new InterruptedTier(new InMemoryTier(_storage), this))
                .UseVersionProvider(store =>
                {
                    Versions = new VersionSource(store);
                    return this;
                })
                .OpenAsync().Guarded();
            await Store.SetAsync(Versions.Next().Value, "a", "old");
            await Store.SetAsync(Versions.Next().Value, "b", "old");
            await SettleAsync();
            await Store.SetAsync(Versions.Next().Value, "b", "newer");
            await Store.FlushAsync().Guarded();
            await Store.SetAsync(Versions.Next().Value, "c", "old");
            Clock.Advance(TimeSpan.FromMinutes(10));
            await Store.SetAsync(Versions.Next().Value, "z", "young");
        }

        /// <summary>From now on counts points, and runs something at one of them, to its end.</summary>
        public void Arm(int at, Func<Task> action) => (_at, _passed, _action) = (at, 0, action);

        /// <summary>Counts no more.</summary>
        /// <returns>How many points there were.</returns>
        public int Disarm()
        {
            _action = null;
            return _passed;
        }

        public async ValueTask PointAsync()
        {
            if (_action is { } action && _passed++ == _at)
            {
                // What it does passes no points.
                _action = null;
                await action();
                _action = action;
            }
        }

        public async ValueTask<CommitVersion> NextAsync(CancellationToken cancellationToken)
        {
            await PointAsync();
            var version = Versions.Next();
            await PointAsync();
            return version;
        }

        public async Task UpdateAsync()
        {
            var version = Versions.Next();
            Updated = $"updated@{version}";
            await Store.SetAsync(version.Value, "b", "updated");
        }

        /// <summary>An update at a version below one that somebody else has committed.</summary>
        public async Task UpdateLateAsync()
        {
            var version = Versions.Next();
            await Store.SetAsync(Versions.Next().Value, "z", "young still");
            Updated = $"updated@{version}";
            await Store.SetAsync(version.Value, "b", "updated");
        }

        /// <summary>An update that is worked out and committed under a watch of its own, beside that of the run.</summary>
        public async Task RollBackAsync()
        {
            var version = Versions.Next();
            Updated = $"old@{version}";
            await Store.RollBackAsync(2, version, KeyRange.Exactly("b"u8)).AsTask().Guarded();
        }

        public async Task SettleAsync()
        {
            await Store.FlushAsync().Guarded();
            Store.Evict(0);
        }

        public Task<string[]> ShowAsync(CommitVersion at) => Store.ScanAllAsync(at);

        public async ValueTask DisposeAsync()
        {
            Disarm();
            await Store.DisposeAsync().Guarded();
        }
    }

    /// <summary>The tier, with a point before and after each read.</summary>
    private sealed class InterruptedTier(IPersistentTier inner, World world) : IPersistentTier
    {
        public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

        public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

        public ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken) => inner.ApplyAsync(batch, cancellationToken);

        public async ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        {
            await world.PointAsync();
            var rows = await inner.GetAsync(keys, view, cancellationToken);
            await world.PointAsync();
            return rows;
        }

        public async ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
        {
            await world.PointAsync();
            var page = await inner.ScanAsync(scan, cancellationToken);
            await world.PointAsync();
            return page;
        }

        public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
            => inner.RaiseFloorAsync(floors, settled, cancellationToken);

        public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken) => inner.ReclaimAsync(request, cancellationToken);

        public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.SetNoteAsync(name, content, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
