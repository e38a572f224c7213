using System.Collections.Concurrent;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Rollbacks;

/// <summary>Rollbacks, commits, late commits, readers, flushes, eviction and reclamation on real threads. Each rollback is judged by the list of publications: of all up to its own it is exact.</summary>
public sealed class RollbackStressTests
{
    private const int Rounds = 150;
    private static readonly string[] Keys = [.. Enumerable.Range(0, 12).Select(i => $"{(char)('a' + i)}")];

    [Theory]
    [InlineData(StoreStorage.None, null)]
    [InlineData(StoreStorage.InMemory, 60UL)]
    [InlineData(StoreStorage.InMemory, null)]
    [InlineData(StoreStorage.Sqlite, null)]
    public async Task I45_ARollbackIsExactWhateverLandsMeanwhile(StoreStorage storage, ulong? retained)
    {
        var recorder = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.GarbageCollection.RetainVersions = retained;
                o.Persistence.ReadPageRows = 3;
            },
            b => b.AddCommitListener(recorder));
        var store = fixture.Store;
        var last = 100L;
        var rolledBack = new ConcurrentBag<(ulong Sequence, ulong To, ulong Version, KeyRange Range)>();
        await Crowd.RunAsync([() => CommitAsync(1), () => CommitAsync(2), () => CommitAsync(3), () => RollBackAsync(4), () => RollBackAsync(5), () => ReadAsync(6), MaintainAsync]);

        // One more, with nobody else about: so that at least one succeeds.
        await RollBackOnceAsync(new Random(7));
        rolledBack.Should().NotBeEmpty();
        var publications = await recorder.TakeAsync((int)store.GetStatistics().PublishedSequence).Guarded();
        RequireExact(publications, rolledBack.ToDictionary(r => r.Sequence));

        ulong Next() => (ulong)Interlocked.Increment(ref last);

        async Task CommitAsync(int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < Rounds; i++)
            {
                var batch = new WriteBatch();
                foreach (var key in Keys.Where(_ => random.Next(5) == 0))
                {
                    _ = random.Next(4) == 0 ? batch.Remove(key) : batch.Set(key, $"{random.Next(3)}");
                }

                var next = Next();
                await IgnoreRefusalAsync(() => store.CommitAsync(batch, random.Next(3) == 0 ? next - (ulong)random.Next(1, 30) : next).Guarded());
            }
        }

        async Task RollBackAsync(int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < Rounds / 3; i++)
            {
                await RollBackOnceAsync(random);
            }
        }

        Task RollBackOnceAsync(Random random) => IgnoreRefusalAsync(async () =>
        {
            var version = Next() - (ulong)random.Next(3);
            var to = version - (ulong)random.Next(1, 25);
            var range = random.Next(3) == 0 ? KeyRange.All : KeyRange.Between(Bytes.Of(Keys[random.Next(6)]), Bytes.Of(Keys[6 + random.Next(6)]));
            var receipt = await store.RollBackAsync(to, version, range).Guarded();
            rolledBack.Add((receipt.Commit.Sequence, to, version, range));
        });

        async Task ReadAsync(int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < Rounds; i++)
            {
                await IgnoreRefusalAsync(async () =>
                {
                    using var snapshot = store.OpenSnapshot(random.Next(2) == 0 ? CommitVersion.Latest : (ulong)Interlocked.Read(ref last) - 10, "reader");
                    var seen = await snapshot.ScanAllAsync();
                    (await snapshot.ScanAllAsync()).Should().Equal(seen);
                });
            }
        }

        async Task MaintainAsync()
        {
            for (var i = 0; i < Rounds / 10; i++)
            {
                await fixture.FlushIfPersistentAsync();
                store.Evict(0);
                await store.ReclaimAsync().Guarded();
            }
        }
    }

    private static async Task IgnoreRefusalAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (MvStoreException refused) when (refused is BelowFloorException or DuplicateVersionException)
        {
            // Others committed at that version, or reclaimed.
        }
    }

    private static void RequireExact(IReadOnlyList<PublishedCommit> publications, Dictionary<ulong, (ulong Sequence, ulong To, ulong Version, KeyRange Range)> rolledBack)
    {
        var history = Keys.ToDictionary(key => key, _ => new SortedDictionary<ulong, string?>());
        foreach (var commit in publications.OrderBy(p => p.Sequence))
        {
            foreach (var delta in commit.Deltas)
            {
                history[Bytes.Text(delta.Key)].Add(commit.Version.Value, delta.Kind == DeltaKind.Set ? Bytes.Text(delta.Value) : null);
            }

            if (rolledBack.TryGetValue(commit.Sequence, out var rollback))
            {
                commit.Version.Value.Should().Be(rollback.Version);
                commit.Deltas.Count(d => !rollback.Range.Contains(d.Key.Span)).Should().Be(0);
                foreach (var key in Keys.Where(k => rollback.Range.Contains(Bytes.Of(k))))
                {
                    At(history[key], rollback.Version).Should().Be(At(history[key], rollback.To), $"key {key}, publication {rollback.Sequence}");
                }
            }
        }
    }

    private static string? At(SortedDictionary<ulong, string?> history, ulong version) => history.LastOrDefault(entry => entry.Key <= version).Value;
}
