using System.Collections.Concurrent;
using System.Globalization;
using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>A process commits, and tells what it was told; it is killed at any moment, also while it opens its store; what it was told is there (contract D3, A10).</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int FirstSeed = 9_000;
    private const int KillsPerStore = 13;

    [Fact]
    public async Task D3_NothingAcknowledgedIsLostToAKill()
    {
        var reports = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Effort.Seeds(FirstSeed, 4, 400), new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Effort.Workers) }, async (seed, _) =>
        {
            try
            {
                reports.Enqueue(await KillsAsync(seed));
            }
            catch (Exception e)
            {
                throw new LossException($"{e.GetType().Name}: {e.Message} Replay: {Effort.Replay(seed, nameof(D3_NothingAcknowledgedIsLostToAKill))}");
            }
        });
        foreach (var report in reports.Order(StringComparer.Ordinal))
        {
            output.WriteLine(report);
        }

        output.WriteLine($"{reports.Count * KillsPerStore} kills");
        reports.Should().NotBeEmpty();
    }

    [Fact]
    public async Task F4_ASecondProcessIsRefusedAndTheOwnerGoesOn()
    {
        var directory = Folder.Create();
        foreach (var hasLog in new[] { false, true })
        {
            await using var store = await KillStore.Busy(directory, hasLog).OpenAsync();
            using var second = VictimProcess.Start(["commit", directory, "1", hasLog.ToString(), "1"]);
            (await second.KillAfterAsync(int.MaxValue, 0)).Should().Be(Victim.Refused);
            (await second.ErrorsAsync()).Should().Contain(directory);
            await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8), hasLog ? 2UL : 1UL, Durability.Durable);
        }
    }

    // Every other time the next owner opens what the killed one left, without anybody having looked at it before.
    private static async Task<string> KillsAsync(int seed)
    {
        var directory = Folder.Create();
        var random = new Random(seed);
        var hasLog = seed % 2 == 0;
        ulong least = 0;
        ulong published = 0;
        for (var kill = 0; kill < KillsPerStore; kill++)
        {
            using (var victim = VictimProcess.Start(["commit", directory, seed.ToString(CultureInfo.InvariantCulture), hasLog.ToString(), "1000000"]))
            {
                var exitCode = await victim.KillAfterAsync(random.Next(4) == 0 ? 1 : random.Next(2, 200), random.Next(1 << random.Next(22)));
                if (exitCode is Victim.Stopped or Victim.Done or Victim.Refused || (await victim.ErrorsAsync()).Length > 0)
                {
                    throw new LossException($"The process ended with {exitCode}: {await victim.ErrorsAsync()}");
                }

                least = Math.Max(least, Math.Max(victim.Durable, victim.Logged));
            }

            if (kill % 2 == 1 || kill == KillsPerStore - 1)
            {
                await using var store = await KillStore.Quiet(directory, hasLog).OpenAsync();
                published = await KillCheck.RunAsync(store, seed, least);
            }
        }

        return $"seed {seed}, {(hasLog ? "log and SQLite" : "SQLite")}: {KillsPerStore} kills, {least} publications acknowledged, {published} there";
    }
}
