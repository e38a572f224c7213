using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Leases;

/// <summary>Random histories with leases, late versions, drops, reclamation, crashes and reopenings: what a lease sees is what it saw when it was opened.</summary>
public sealed class LeaseRunTests
{
    private const int Steps = 120;
    private static readonly string[] Keys = ["a", "b", "c", "d"];
    private static readonly string[] Names = ["first", "second", "third"];

    public static TheoryData<StoreStorage, int> Runs
    {
        get
        {
            var runs = new TheoryData<StoreStorage, int>();
            for (var seed = 1; seed <= 12; seed++)
            {
                runs.Add(StoreStorage.InMemory, seed);
                runs.Add(StoreStorage.Sqlite, 100 + seed);
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task C1_ALeaseGivesTheSameAnswersWhateverHappens(StoreStorage storage, int seed)
    {
        var random = new Random(seed);
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = (ulong)random.Next(5));
        var seen = new Dictionary<string, string[]>();
        var highest = 0UL;
        for (var step = 0; step < Steps; step++)
        {
            var name = Names[random.Next(Names.Length)];
            switch (random.Next(16))
            {
                case < 7:
                    highest = await CommitAsync(fixture.Store, random, highest);
                    break;
                case < 9 when !seen.ContainsKey(name):
                    await fixture.Store.OpenLeaseAsync(name, CommitVersion.Latest, TimeSpan.FromHours(1)).Guarded();
                    seen[name] = await SeenAsync(fixture.Store, name);
                    break;
                case 9 when seen.ContainsKey(name):
                    (await fixture.Store.CloseLeaseAsync(name).Guarded()).Should().BeTrue();
                    seen.Remove(name);
                    break;
                case 10:
                    await fixture.Store.FlushAsync().Guarded();
                    fixture.Store.Evict(0);
                    break;
                case 11:
                    await fixture.ReopenAsync();
                    break;
                case 12:
                    // What was not flushed is lost, but nothing that a lease sees.
                    await fixture.CrashAsync();
                    highest = fixture.Store.VisibleVersion.Value;
                    break;
                case 13 when seen.ContainsKey(name):
                    fixture.Clock.Advance(TimeSpan.FromMinutes(50));
                    foreach (var held in seen.Keys)
                    {
                        await fixture.Store.RenewLeaseAsync(held, TimeSpan.FromHours(1)).Guarded();
                    }

                    break;
                default:
                    await fixture.Store.ReclaimAsync().Guarded();
                    break;
            }

            fixture.Store.GetLeases().Select(l => l.Name).Should().BeEquivalentTo(seen.Keys);
            foreach (var (held, rows) in seen)
            {
                (await SeenAsync(fixture.Store, held)).Should().Equal(rows, $"step {step}, lease {held}");
            }
        }
    }

    private static async Task<string[]> SeenAsync(IMultiVersionStore store, string lease)
    {
        using var snapshot = store.OpenLeaseSnapshot(lease);
        var rows = new List<string>(await snapshot.ScanAllAsync());
        foreach (var key in Keys)
        {
            rows.Add($"{key} is {await snapshot.ReadAsync(key)}");
        }

        return [.. rows];
    }

    private static async Task<ulong> CommitAsync(IMultiVersionStore store, Random random, ulong highest)
    {
        var version = random.Next(4) == 0 && highest > 1 ? (ulong)random.NextInt64(1, (long)highest) : highest + (ulong)random.Next(1, 4);
        var batch = new WriteBatch();
        foreach (var key in Keys.Where(_ => random.Next(2) == 0))
        {
            _ = random.Next(6) switch
            {
                0 => batch.Drop(Bytes.Of(key)),
                1 => batch.Remove(key),
                _ => batch.Set(key, $"{random.Next(1_000)}"),
            };
        }

        try
        {
            await store.CommitAsync(batch, version).Guarded();
            return Math.Max(highest, version);
        }
        catch (MvStoreException e) when (e is BelowFloorException or DuplicateVersionException)
        {
            return highest;
        }
    }
}
