using System.Globalization;
using MvStore.Tests.Fixtures;
using Xunit.Sdk;

namespace MvStore.Tests.Model;

/// <summary>
/// Random operations against the reference, over every kind of storage. A failure names its seed and the command that replays it, and
/// lists the fewest operations that were found to fail. <c>MVSTORE_SEED</c> replays one seed, <c>MVSTORE_MODEL_RUNS</c> sets how many
/// seeds each storage gets, <c>MVSTORE_MODEL_OPERATIONS</c> how long each run is.
/// </summary>
public sealed class ModelTests
{
    private const int FirstSeed = 1_000;
    private const int Portion = 25;

    [Theory]
    [InlineData(StoreStorage.None, 600)]
    [InlineData(StoreStorage.InMemory, 800)]
    [InlineData(StoreStorage.Sqlite, 60)]
    [InlineData(StoreStorage.LoggedSqlite, 60)]
    [InlineData(StoreStorage.Remote, 100)]
    public async Task B_C1_E1_EveryAnswerEqualsTheReference(StoreStorage storage, int runs)
    {
        var seeds = Setting("MVSTORE_SEED") is { } seed
            ? Enumerable.Range(seed, 1)
            : Enumerable.Range(FirstSeed, Setting("MVSTORE_MODEL_RUNS") ?? runs);
        foreach (var portion in seeds.Chunk(Portion))
        {
            await Task.WhenAll(portion.Select(s => Task.Run(() => RunAsync(storage, s))));
        }
    }

    private static async Task RunAsync(StoreStorage storage, int seed)
    {
        var operations = ModelOperation.Generate(seed, Setting("MVSTORE_MODEL_OPERATIONS") ?? 250);
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
