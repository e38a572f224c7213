using System.Collections.Concurrent;
using MvStore.Reliability.Faults;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>Every operation fails, once and for good, in every way there is: nothing acknowledged is lost, no answer is wrong (contract D4).</summary>
public sealed class IoFaultTests(ITestOutputHelper output)
{
    private const int FirstSeed = 30_000;
    private const int FirstScript = 40_000;
    private const int FaultsOfAScript = 200;

    [Theory]
    [InlineData(nameof(FixedScripts.Short))]
    [InlineData(nameof(FixedScripts.ShortTwice))]
    [InlineData(nameof(FixedScripts.Shrinking))]
    public Task D4_EveryOperationFails(string name) => EveryAsync(FixedScripts.Named(name));

    /// <summary>With a commit log: its operations and SQLite's.</summary>
    [Fact]
    public Task D4_EveryOperationOfLogAndTierFails() => EveryAsync(LoggedScripts.Short);

    /// <summary>Two faults in one run: the second meets a store that is dealing with the first, or comes long after it.</summary>
    [Fact]
    public async Task D4_PairsOfOperationsFail()
    {
        var scripts = new List<(Script Script, IReadOnlyList<Fault> Cases)>();
        foreach (var script in new[] { FixedScripts.Short, FixedScripts.ShortTwice, LoggedScripts.Short })
        {
            scripts.Add((script, await CasesAsync(script)));
        }

        await TryAsync("pairs", Effort.Seeds(FirstSeed, 600, 100_000).Select(seed => PairOf(scripts, seed)), nameof(D4_PairsOfOperationsFail));
    }

    /// <summary>Random scripts have more operations than can be tried: some of each, of every other one with a commit log.</summary>
    [LongFact]
    public async Task D4_OperationsOfRandomScriptsFail()
    {
        foreach (var seed in Effort.Seeds(FirstScript, 0, 500))
        {
            var script = seed % 2 == 0 ? RandomScript.From(seed) : LoggedScripts.From(seed);
            var cases = await CasesAsync(script);
            var random = new Random(seed);
            var some = Enumerable.Range(0, FaultsOfAScript).Select(_ => cases[random.Next(cases.Count)]).ToList();
            await TryAsync(script.ToString(), some.Select(fault => (new FaultRun(script, fault), (int?)seed)), nameof(D4_OperationsOfRandomScriptsFail));
        }
    }

    // Half of the seconds are near the first, whose handling they disturb; of the same kind or of another.
    private static (FaultRun Run, int? Seed) PairOf(List<(Script Script, IReadOnlyList<Fault> Cases)> scripts, int seed)
    {
        var random = new Random(seed);
        var (script, cases) = scripts[seed % scripts.Count];
        var first = cases[random.Next(cases.Count)] with { ForGood = random.Next(8) == 0 };
        var second = cases[random.Next(cases.Count)] with { ForGood = random.Next(4) == 0 };
        if (random.Next(2) == 0)
        {
            second = second with { Index = first.Index + random.Next(3) + (second.Operation == first.Operation ? 1 : 0) };
        }

        return (new FaultRun(script, first, second), seed);
    }

    private async Task EveryAsync(Script script)
        => await TryAsync(script.ToString(), (await CasesAsync(script)).Select(fault => (new FaultRun(script, fault), (int?)null)));

    private async Task TryAsync(string name, IEnumerable<(FaultRun Run, int? Seed)> runs, string? test = null)
    {
        var happened = new int[3];
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = Effort.Workers }, async (each, _) =>
        {
            try
            {
                await each.Run.RunAsync();
            }
            catch (Exception e)
            {
                var replay = each.Seed is { } seed ? $" Replay: {Effort.Replay(seed, test!)}" : "";
                failures.Enqueue($"{each.Run}: {e.GetType().Name}: {e.Message}{replay}");
            }

            Interlocked.Increment(ref happened[each.Run.Happened]);
        });
        output.WriteLine($"{name}: {happened.Sum()} runs, one fault came to pass in {happened[1]}, two in {happened[2]}, {failures.Count} wrong");
        foreach (var failure in failures.Order(StringComparer.Ordinal))
        {
            output.WriteLine(failure);
        }

        failures.Should().BeEmpty();
        happened[1..].Sum().Should().BePositive();
    }

    private static async Task<IReadOnlyList<Fault>> CasesAsync(Script script)
    {
        using var disk = new Disk(Folder.Create(), []);
        await ScriptRun.WholeAsync(script, disk);
        return [.. from kind in FaultKind.All
            from index in Enumerable.Range(0, disk.CountOf(kind.Operation))
            from forGood in new[] { false, true }
            select new Fault(kind.Operation, kind.Code, index, forGood) { Loss = kind.Loss }];
    }
}
