using System.Globalization;
using MvStore.Reliability;
using MvStore.Tests.Fixtures;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MvStore.Tests.Model;

/// <summary>
/// Random operations against the reference, over every kind of storage. A failure names its seed and the command that replays it, and
/// lists the fewest operations that were found to fail. <c>MVSTORE_SEED</c> replays one seed, <c>MVSTORE_MODEL_RUNS</c> sets how many
/// seeds each storage gets, from that one on if both are set, <c>MVSTORE_MODEL_OPERATIONS</c> how long each run is. With <c>MVSTORE_RELIABILITY=long</c> each storage gets
/// five hundred times as many.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int FirstSeed = 1_000;
    private const int Portion = 25;

    private static readonly int Operations = Setting("MVSTORE_MODEL_OPERATIONS") ?? 250;

    [Theory]
    [InlineData(StoreStorage.None, 1_800)]
    [InlineData(StoreStorage.InMemory, 1_800)]
    [InlineData(StoreStorage.Sqlite, 100)]
    [InlineData(StoreStorage.LoggedSqlite, 100)]
    [InlineData(StoreStorage.Remote, 200)]
    public async Task B_C1_E1_EveryAnswerEqualsTheReference(StoreStorage storage, int runs)
    {
        var only = Setting("MVSTORE_SEED");
        var first = only ?? FirstSeed;
        var asked = Setting("MVSTORE_MODEL_RUNS") ?? (only is null ? Effort.Of(runs, 500 * runs) : 1);
        var hasTime = Effort.Time();
        var done = 0;
        foreach (var portion in Enumerable.Range(first, asked).Chunk(Portion).TakeWhile((_, i) => i == 0 || hasTime()))
        {
            await Task.WhenAll(portion.Select(s => Task.Run(() => RunAsync(storage, s))));
            done += portion.Length;
        }

        output.WriteLine($"{storage}: {done} of {asked} seeds from {first} on, {Operations} operations each");
    }

    private static async Task RunAsync(StoreStorage storage, int seed)
    {
        var operations = ModelOperation.Generate(seed, Operations);
        if (await ModelShrinker.RunAsync(seed, storage, operations) is not { } failure)
        {
            return;
        }

        var smallest = await ModelShrinker.ShrinkAsync(seed, storage, operations, failure);
        throw new XunitException(
            $"""
            Storage {storage}, seed {seed}: {new ModelSettings(seed)}
            Replay: MVSTORE_SEED={seed} dotnet test tests/MvStore.Tests --filter "FullyQualifiedName~Model&DisplayName~{storage}"
            First: {failure.Error.Message}
            Smallest run, {smallest.Log.Count} lines:
            {string.Join(Environment.NewLine, smallest.Log)}
            {smallest.Error}
            """);
    }

    private static int? Setting(string name)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
