using MvStore.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tests.GarbageCollection;

/// <summary>
/// Stores in which keys expire against a reference that knows when each key was created and updated: random commits, late ones too, deletions, time that passes, flushes, eviction, runs and
/// reopenings. After each run exactly what is over is gone (contract E5).
/// </summary>
public sealed class TimeToLiveModelTests(ITestOutputHelper output)
{
    private const int Steps = 150;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private static readonly string[] Keys = ["a", "o1", "o2", "o3", "o4", "s1", "s2"];

    [Theory]
    [InlineData(StoreStorage.None, TimeToLiveStart.LastUpdate)]
    [InlineData(StoreStorage.None, TimeToLiveStart.Creation)]
    [InlineData(StoreStorage.InMemory, TimeToLiveStart.LastUpdate)]
    [InlineData(StoreStorage.InMemory, TimeToLiveStart.Creation)]
    [InlineData(StoreStorage.LoggedSqlite, TimeToLiveStart.LastUpdate)]
    [InlineData(StoreStorage.LoggedSqlite, TimeToLiveStart.Creation)]
    public async Task E5_WhatIsOverIsGoneAndNothingElse(StoreStorage storage, TimeToLiveStart from)
    {
        var seeds = storage == StoreStorage.LoggedSqlite ? 4 : 20;
        var expired = 0L;
        for (var seed = 0; seed < seeds; seed++)
        {
            expired += await RunAsync(storage, from, seed);
        }

        output.WriteLine($"{expired} keys expired");
        expired.Should().BeGreaterThan(5 * seeds);
    }

    private static async Task<long> RunAsync(StoreStorage storage, TimeToLiveStart from, int seed)
    {
        var random = new Random(seed);
        var keepsAll = random.Next(2) == 0;
        await using var expiring = await ExpiringStore.OpenAsync(storage, null, options =>
        {
            foreach (var kind in (EntryKind[])[EntryKind.Operator(1), EntryKind.Source(1)])
            {
                options.GarbageCollection.RetainByKind[kind] = new Retention(keepsAll ? null : 3) { TimeToLive = new TimeToLive(Life, from) };
            }

            // So that floors rise now and then, and pages end between keys.
            options.Persistence.ReadPageRows = 3;
        });
        var reference = new Reference(from);
        var expired = 0L;
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(storage == StoreStorage.None ? 7 : 11))
            {
                case 0 or 1 or 2:
                    await SetAsync(Keys[random.Next(Keys.Length)]);
                    break;
                case 3 when random.Next(3) == 0:
                    var key = Keys[random.Next(Keys.Length)];
                    await expiring.RemoveAsync(key);
                    reference.Remove(key);
                    break;
                case 3 or 4 or 5:
                    expiring.Pass(random.Next(1, 5));
                    break;
                case 6:
                    await ExpireAsync($"seed {seed}, step {step}");
                    break;
                case 7:
                    await expiring.Store.FlushAsync().Guarded();
                    break;
                case 8:
                    await expiring.Store.FlushAsync().Guarded();
                    expiring.Store.Evict(0);
                    break;
                case 9 when random.Next(3) == 0:
                    await expiring.Fixture.ReopenAsync();
                    break;
                default:
                    break;
            }
        }

        expiring.Pass(minutes: 20);
        await ExpireAsync($"seed {seed}, at the end");
        (await expiring.Store.ScanAllAsync(CommitVersion.Latest)).Where(row => !row.StartsWith("a=", StringComparison.Ordinal)).Should().BeEmpty();
        return expired;

        async Task SetAsync(string key)
        {
            // Half of them late, where floors let them: behind a commit to a key that does not expire.
            var version = expiring.Versions.Next();
            if (keepsAll && random.Next(2) == 0)
            {
                await expiring.SetAsync("a");
                if (key == "a")
                {
                    return;
                }
            }

            await expiring.Store.SetAsync(version.Value, key, "x");
            reference.Set(key, expiring.Fixture.Clock.GetUtcNow());
        }

        async Task ExpireAsync(string where)
        {
            var over = reference.Expire(expiring.Fixture.Clock.GetUtcNow());
            var removed = await expiring.ExpireAsForeseenAsync();
            foreach (var key in Keys.Where(k => k != "a"))
            {
                ((await expiring.ValueAsync(key)) is not null).Should().Be(reference.IsAlive(key), $"{key}, {where}, at {expiring.Fixture.Clock.GetUtcNow():T}");
            }

            removed.Should().Be(over, where);
            expired += removed;
        }
    }

    /// <summary>When each key that is there was created, and updated.</summary>
    private sealed class Reference(TimeToLiveStart from)
    {
        private readonly Dictionary<string, (DateTimeOffset Created, DateTimeOffset Updated)> _alive = [];

        public void Set(string key, DateTimeOffset now)
            => _alive[key] = _alive.TryGetValue(key, out var known) ? known with { Updated = now } : (now, now);

        public void Remove(string key) => _alive.Remove(key);

        public bool IsAlive(string key) => _alive.ContainsKey(key);

        public int Expire(DateTimeOffset now)
        {
            string[] over =
            [
                .. _alive.Where(each => each.Key != "a" && now - (from == TimeToLiveStart.Creation ? each.Value.Created : each.Value.Updated) >= Life).Select(each => each.Key),
            ];
            foreach (var key in over)
            {
                _alive.Remove(key);
            }

            return over.Length;
        }
    }
}
