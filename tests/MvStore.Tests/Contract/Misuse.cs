using MvStore.Conformance;
using MvStore.Sqlite;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>The stores that one misuse is tried on, each made when it is asked for.</summary>
internal sealed class Misuse : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mvstore-misuse-");
    private readonly Stack<IAsyncDisposable> _open = new();
    private readonly StoreFixture _fixture;

    private Misuse(StoreFixture fixture, IMultiVersionStore stored, IMultiVersionStore pruned, IMultiVersionStore cramped, IMultiVersionStore strategic, IMultiVersionStore closed)
    {
        _fixture = fixture;
        (Stored, Pruned, Cramped, Strategic, Closed) = (stored, pruned, cramped, strategic, closed);
    }

    /// <summary>A store in memory, with keys a and b at version 10, that takes values of up to 100 bytes. It has to stay as it is.</summary>
    public IMultiVersionStore Store => _fixture.Store;

    /// <summary>A store with a tier.</summary>
    public IMultiVersionStore Stored { get; }

    /// <summary>A store whose floor is 50.</summary>
    public IMultiVersionStore Pruned { get; }

    /// <summary>A store with little room.</summary>
    public IMultiVersionStore Cramped { get; }

    /// <summary>A store whose strategy throws.</summary>
    public IMultiVersionStore Strategic { get; }

    /// <summary>A store that is closed.</summary>
    public IMultiVersionStore Closed { get; }

    /// <summary>A builder that has opened a store.</summary>
    public MvStoreBuilder UsedBuilder { get; private set; } = new();

    public static async Task<Misuse> CreateAsync()
    {
        var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.Buffer.MaxValueLength = 100);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10).Guarded();
        var builder = new MvStoreBuilder();
        var closed = await builder.OpenAsync().Guarded();
        var stored = await OpenAsync(b => b.UsePersistentTier(new InMemoryTier()));
        var pruned = await OpenAsync(b => b.Configure(o => o.GarbageCollection.RetainVersions = 0));
        var cramped = await OpenAsync(b => b.Configure(o => o.Buffer.HardLimit = 100_000));
        var strategic = await OpenAsync(b => b.AddGarbageCollectionStrategy(new ThrowingStrategy()));
        await closed.DisposeAsync().Guarded();
        await pruned.SetAsync(50, "a", "1");
        await pruned.ReclaimAsync().Guarded();
        var misuse = new Misuse(fixture, stored, pruned, cramped, strategic, closed) { UsedBuilder = builder };
        foreach (var store in (IAsyncDisposable[])[fixture, stored, pruned, cramped, strategic])
        {
            misuse._open.Push(store);
        }

        return misuse;
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public async Task OpenAgainOnTheSqliteTierAsync()
    {
        var tier = new SqliteTier(new SqliteTierOptions(PathOf("shop.db")));
        _open.Push(await new MvStoreBuilder().UsePersistentTier(tier).OpenAsync().Guarded());
        await new MvStoreBuilder().UsePersistentTier(tier).OpenAsync().Guarded();
    }

    public async Task OpenFileTwiceAsync()
    {
        await OpenFileAsync("shop.db");
        await OpenFileAsync("shop.db");
    }

    public async Task OpenFileAsync(string name) => _open.Push(await new MvStoreBuilder().UseSqlite(PathOf(name)).OpenAsync().Guarded());

    public async Task OpenFileWithAsync(string name, string content)
    {
        await File.WriteAllTextAsync(PathOf(name), content);
        await OpenFileAsync(name);
    }

    public Task OpenWith(SnapshotOptions options)
    {
        using var snapshot = Store.OpenSnapshot(10, options);
        return Task.CompletedTask;
    }

    public async Task ContinueAsync(KeyRange range, int cut = 0)
    {
        var token = (await Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1).Guarded()).Next!.Value;
        await Store.ScanPageAsync(range, ReadScope.Latest, 1, continuation: new PageToken(token.Bytes[cut..])).Guarded();
    }

    public async Task ContinueOnAnotherSnapshotAsync()
    {
        await Stored.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10).Guarded();
        using var snapshot = Stored.OpenSnapshot(20);
        var token = (await snapshot.ScanPageAsync(KeyRange.All, 1).Guarded()).Next;
        await Stored.SetAsync(15, "c", "1");
        using var other = Stored.OpenSnapshot(20);
        await other.ScanPageAsync(KeyRange.All, 1, continuation: token).Guarded();
    }

    public async Task SkipAPortionAsync()
    {
        using var scan = Store.OpenScan(KeyRange.All, ReadScope.Latest);
        await scan.ReadAsync().Guarded();
        await scan.ReadAsync().Guarded();
    }

    public async Task ReadAPortionTwiceAsync()
    {
        using var scan = Store.OpenScan(KeyRange.All, ReadScope.Latest);
        await scan.ReadAsync().Guarded();
        Count(scan).Should().Be(2);
        Count(scan);
    }

    public async Task ReadAfterDisposalAsync()
    {
        var snapshot = Store.OpenSnapshot(10);
        snapshot.Dispose();
        await snapshot.ReadAsync("a");
    }

    public async Task ReadAfterItsAgeAsync()
    {
        using var snapshot = Store.OpenSnapshot(10, "me", TimeSpan.FromSeconds(1));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        await snapshot.ReadAsync("a");
    }

    public async Task ReadOutOfScopeAsync()
    {
        using var snapshot = Store.OpenSnapshot(10, new SnapshotOptions { Owner = "me", Scope = KeyRange.Prefix("a"u8) });
        await snapshot.ReadAsync("b");
    }

    public async Task OpenLeaseTwiceAsync()
    {
        await Stored.SetAsync(10, "a", "1");
        await Stored.OpenLeaseAsync("lease", 10, TimeSpan.FromDays(1)).Guarded();
        await Stored.OpenLeaseAsync("lease", 10, TimeSpan.FromDays(1)).Guarded();
    }

    public async Task ExhaustVersionsAsync()
    {
        await Stored.SetAsync(CommitVersion.Max.Value, "a", "1");
        new VersionSource(Stored).Next();
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var store))
        {
            await store.DisposeAsync().Guarded();
        }

        _folder.Delete(recursive: true);
    }

    private static async Task<IMultiVersionStore> OpenAsync(Action<MvStoreBuilder> build)
    {
        var builder = new MvStoreBuilder().Configure(StoreFixture.Quiet);
        build(builder);
        return await builder.OpenAsync().Guarded();
    }

    private static int Count(RowScan scan)
    {
        var count = 0;
        foreach (var _ in scan.Rows)
        {
            count++;
        }

        return count;
    }

    private sealed class ThrowingStrategy : IGarbageCollectionStrategy
    {
        public RetentionPlan Plan(RetentionPlan before) => throw new InvalidDataException("on purpose");
    }
}
