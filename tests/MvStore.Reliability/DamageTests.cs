using System.Collections.Concurrent;
using MvStore.Reliability.Damages;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// Damage at rest of a store with a commit log whose owner was killed: every bit flip, cut, lost or moved page of every file is noticed, or makes no difference to any
/// answer and takes nothing that was acknowledged (contract F3).
/// </summary>
public sealed class DamageTests(ITestOutputHelper output)
{
    private const int FirstSeed = 6_000;

    [Theory]
    [InlineData(nameof(DamageKind.Flip), 1_000, 50_000)]
    [InlineData(nameof(DamageKind.Cut), 1_000, 30_000)]
    [InlineData(nameof(DamageKind.Zero), 100, 10_000)]
    [InlineData(nameof(DamageKind.Swap), 100, 10_000)]
    public async Task F3_DamageIsNoticedOrMakesNoDifference(string name, int fast, int many)
    {
        var kind = Enum.Parse<DamageKind>(name);
        var store = await DamagedStore.MakeAsync();
        var files = store.Files;
        var outcomes = new ConcurrentDictionary<string, int>();
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Effort.Seeds(FirstSeed, fast, many), new ParallelOptions { MaxDegreeOfParallelism = Effort.Workers }, async (seed, _) =>
        {
            var random = new Random(seed);
            var file = files[seed % files.Count];
            var damage = new Damage(kind, file, random.Next(store.UsedBytes(file)), kind == DamageKind.Flip ? random.Next(8) : random.Next(1_000_000));
            try
            {
                var noticed = await store.NoticedAsync(damage);
                outcomes.AddOrUpdate($"{file}: {noticed ?? "no difference"}", 1, (_, count) => count + 1);
            }
            catch (Exception e)
            {
                failures.Enqueue($"{e.GetType().Name}: {e.Message} Replay: {Effort.Replay(seed, nameof(F3_DamageIsNoticedOrMakesNoDifference))}");
            }
        });
        foreach (var (outcome, count) in outcomes.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{name}, {outcome}: {count}");
        }

        failures.Should().BeEmpty();
    }

    [Fact]
    public async Task F3_AFileThatIsGoneIsNoticedOrMakesNoDifference()
    {
        var store = await DamagedStore.MakeAsync();
        foreach (var file in store.Files)
        {
            var noticed = await store.NoticedAsync(new Damage(DamageKind.Gone, file, 0, 0));
            output.WriteLine($"{file}: {noticed ?? "no difference"}");
            if (file is "store.db" or "store.db-wal" || file.EndsWith(".mvlog", StringComparison.Ordinal))
            {
                noticed.Should().NotBeNull("{0} held what was acknowledged", file);
            }
        }
    }
}
