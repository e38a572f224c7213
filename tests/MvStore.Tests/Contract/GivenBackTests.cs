using MvStore.Sqlite;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>What is left of a file on disk once all that was in it is deleted and reclaimed.</summary>
public sealed class GivenBackTests : IDisposable
{
    private const int Keys = 1_500;
    private const int Rounds = 25;
    private const int PageBytes = 4_096;

    private readonly string _directory = Directory.CreateTempSubdirectory("mvstore-test-").FullName;
    private readonly ManualClock _clock = new();
    private ulong _version;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task E4_E6_OnceEverythingIsDeletedTheFileIsAsSmallAsThatOfAnEmptyStore(int seed)
    {
        var empty = await EmptyBytesAsync();
        var random = new Random(seed);
        var path = PathOf("full");
        var store = await OpenAsync(path);
        var largest = 0L;
        var snapshots = new List<ISnapshot>();
        for (var round = 0; round < Rounds; round++)
        {
            await WriteAsync(store, random);
            await store.FlushAsync().Guarded();
            store.Evict(0);
            largest = Math.Max(largest, new FileInfo(path).Length);
            if (random.Next(3) == 0)
            {
                snapshots.Add(store.OpenSnapshot(CommitVersion.Latest));
            }
            else if (snapshots.Count > 0)
            {
                snapshots[0].Dispose();
                snapshots.RemoveAt(0);
            }

            _ = random.Next(3) == 0 ? await store.ReclaimAsync().Guarded() : await store.ReclaimInBackgroundAsync().Guarded();
            if (round == Rounds / 2)
            {
                snapshots.ForEach(s => s.Dispose());
                snapshots.Clear();
                await store.DisposeAsync().Guarded();
                store = await OpenAsync(path);
            }
        }

        largest.Should().BeGreaterThan(20 * empty);
        snapshots.ForEach(s => s.Dispose());
        await RemoveAllAsync(store);
        await store.ReclaimAsync().Guarded();

        // While it is open, then closed. A part of the file may stay free for what comes next (an eighth), and pages that list pages come with the others.
        var most = (empty * 8 / 7) + (4 * PageBytes);
        new FileInfo(path).Length.Should().BeLessThanOrEqualTo(most);
        store.GetStatistics().BufferedVersions.Should().Be(0);
        await store.DisposeAsync().Guarded();
        new FileInfo(path).Length.Should().BeLessThanOrEqualTo(most);
        (await SqliteStoreFile.VerifyAsync(path).Guarded()).Should().BeEquivalentTo(new { IsSound = true });
    }

    private async Task<long> EmptyBytesAsync()
    {
        var path = PathOf("empty");
        await using (var store = await OpenAsync(path))
        {
            await store.FlushAsync().Guarded();
        }

        return new FileInfo(path).Length;
    }

    private async Task WriteAsync(IMultiVersionStore store, Random random)
    {
        _version += (ulong)random.Next(1, 4);
        var batch = new WriteBatch();
        for (var i = 0; i < Keys; i++)
        {
            switch (random.Next(6))
            {
                case 0:
                    batch.Remove(KeyOf(i));
                    break;
                case < 4:
                    batch.Set(KeyOf(i), new string('x', random.Next(50) == 0 ? 20_000 : random.Next(300)));
                    break;
                default:
                    break;
            }
        }

        await store.CommitAsync(batch, _version).Guarded();
    }

    private async Task RemoveAllAsync(IMultiVersionStore store)
    {
        var batch = new WriteBatch();
        for (var i = 0; i < Keys; i++)
        {
            batch.Remove(KeyOf(i));
        }

        await store.CommitAsync(batch, ++_version).Guarded();
        await store.CommitAsync(new WriteBatch(), _version += 10).Guarded();
        await store.FlushAsync().Guarded();
    }

    private static string KeyOf(int i) => $"key {i:D6}";

    private string PathOf(string name) => Path.Combine(_directory, $"{name}.db");

    private async Task<IMultiVersionStore> OpenAsync(string path) => await new MvStoreBuilder()
        .Configure(StoreFixture.Quiet)
        .UseTimeProvider(_clock)
        .UseSqlite(path, o => (o.PageBytes, o.CheckpointBytes) = (PageBytes, 0))
        .Configure(o => (o.CommitLog.Enabled, o.GarbageCollection.RetainVersions) = (false, 5))
        .OpenAsync().Guarded();
}
