using MvStore.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tests.Changes;

/// <summary>
/// Random runs against the list of what was committed: fresh, late and empty commits, removals and drops, flushes, eviction, reclamation, reopenings and crashes, and four consumers
/// that read now and then: with and without holds, of durable commits only, and from history or from what is recent. Each gets exactly what the list says, in order and once, or a typed error where that is allowed.
/// </summary>
public sealed class RandomChangeTests(ITestOutputHelper output)
{
    private const int Steps = 400;

    public static TheoryData<StoreStorage, int> Runs
    {
        get
        {
            var runs = new TheoryData<StoreStorage, int>();
            for (var seed = 1; seed <= 12; seed++)
            {
                runs.Add(StoreStorage.InMemory, seed);
                if (seed <= 4)
                {
                    runs.Add(StoreStorage.Sqlite, seed);
                    runs.Add(StoreStorage.LoggedSqlite, seed);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A2_EveryConsumerGetsWhatWasCommitted(StoreStorage storage, int seed)
    {
        var random = new Random(seed);
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = seed % 3 == 0 ? 5UL : 0UL;

            // Not infinite: floors then rise with slices too. The clock stands still, so no run begins by itself.
            o.GarbageCollection.Interval = seed % 2 == 0 ? TimeSpan.FromDays(20) : Timeout.InfiniteTimeSpan;
        });
        var reference = new ReferenceChanges();
        var holds = seed % 4 != 0;
        ChangeConsumer[] consumers = [new("one", holds, false), new("two", holds, true), new("three", false, false), new("four", false, true)];
        foreach (var consumer in consumers)
        {
            await consumer.BeginAsync(fixture.Store);
        }

        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(100))
            {
                case < 55:
                    await CommitAsync(fixture, reference, random);
                    break;
                case < 75:
                    await consumers[random.Next(consumers.Length)].ReadAsync(fixture.Store, reference, random.Next(1, 12));
                    break;
                case < 80:
                    await consumers[random.Next(consumers.Length)].MoveHoldAsync(fixture.Store);
                    break;
                case < 86:
                    await fixture.Store.FlushAsync().Guarded();
                    break;
                case < 90:
                    fixture.Store.Evict(random.Next(2) * 4_000);
                    break;
                case < 95:
                    await fixture.Store.ReclaimAsync().Guarded();
                    break;
                case < 97:
                    await consumers[random.Next(consumers.Length)].LeaveAsync();
                    break;
                default:
                    await EndRunAsync(fixture, reference, consumers, crashes: random.Next(2) == 0);
                    break;
            }
        }

        foreach (var consumer in consumers)
        {
            await consumer.ReadAsync(fixture.Store, reference, int.MaxValue);
            await consumer.LeaveAsync();
        }

        output.WriteLine(string.Join(", ", consumers.Select(c => $"{c.Read} read, {c.Refused} refused, {c.Undone} undone")));
        consumers.Should().OnlyContain(c => c.Read > 0);
    }

    private static async Task CommitAsync(StoreFixture fixture, ReferenceChanges reference, Random random)
    {
        var highest = fixture.Store.VisibleVersion.Value;
        var version = random.Next(5) == 0 ? (ulong)random.NextInt64((long)Math.Max(1, highest - Math.Min(highest, 12)), (long)highest + 2) : highest + (ulong)random.Next(1, 4);
        if (reference.IsTaken(version))
        {
            return;
        }

        var batch = new WriteBatch();
        var changes = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        for (var i = random.Next(5); i > 0; i--)
        {
            var key = $"k{random.Next(12)}";
            switch (random.Next(6))
            {
                case 0:
                    batch.Remove(key);
                    changes[key] = null;
                    break;
                case 1:
                    batch.Drop(Bytes.Of(key));
                    changes.Remove(key);
                    break;
                default:
                    batch.Set(key, $"{version}");
                    changes[key] = $"{version}";
                    break;
            }
        }

        try
        {
            reference.Add(await fixture.Store.CommitAsync(batch, version).Guarded(), changes);
        }
        catch (BelowFloorException)
        {
            // Too late for this one: nothing was published.
        }
    }

    private static async Task EndRunAsync(StoreFixture fixture, ReferenceChanges reference, ChangeConsumer[] consumers, bool crashes)
    {
        foreach (var consumer in consumers)
        {
            await consumer.LeaveAsync();
        }

        await (crashes ? fixture.CrashAsync() : fixture.ReopenAsync());
        var published = fixture.Store.GetStatistics().PublishedSequence;
        reference.UndoAfter(published);
        foreach (var consumer in consumers)
        {
            await consumer.ComeBackAsync(fixture.Store, published);
        }
    }
}
