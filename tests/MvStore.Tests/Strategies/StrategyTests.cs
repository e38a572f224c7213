using System.Globalization;
using MvStore.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tests.Strategies;

/// <summary>
/// All strategies at once, at random (contract E1 to E5, E7, E8): history by distance, age and count, deleted keys that go, and an operator's own that changes while the store runs, beside snapshots, late
/// commits, slices that leave out, eviction, reopening and crashes. <c>MVSTORE_SEED</c> replays one seed, <c>MVSTORE_MODEL_RUNS</c> sets how many each storage gets.
/// </summary>
public sealed class StrategyTests(ITestOutputHelper output)
{
    private const int FirstSeed = 1;

    [Theory]
    [InlineData(StoreStorage.None, 40)]
    [InlineData(StoreStorage.InMemory, 40)]
    [InlineData(StoreStorage.Sqlite, 8)]
    [InlineData(StoreStorage.LoggedSqlite, 6)]
    public async Task E1_E8_WhatIsNeededStaysAndNothingElse(StoreStorage storage, int runs)
    {
        var expired = 0L;
        var leftOut = 0L;
        var seeds = Setting("MVSTORE_SEED") is { } seed ? Enumerable.Range(seed, 1) : Enumerable.Range(FirstSeed, Setting("MVSTORE_MODEL_RUNS") ?? runs);
        foreach (var each in seeds)
        {
            await using var run = await StrategyRun.OpenAsync(storage, each);
            try
            {
                await run.RunAsync();
            }
            catch
            {
                output.WriteLine($"{storage}, seed {each}: {run}");
                throw;
            }

            expired += run.Expired;
            leftOut += run.LeftOut;
        }

        output.WriteLine($"{expired} keys expired, {leftOut} rows were left out");
        if (seeds.Count() > 10)
        {
            expired.Should().BePositive();
            (leftOut > 0).Should().Be(storage != StoreStorage.None);
        }
    }

    private static int? Setting(string name)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
