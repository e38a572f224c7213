using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Model;

/// <summary>Runs operations, and looks for fewer of them that still fail by leaving out ever smaller portions.</summary>
internal static class ModelShrinker
{
    private const int MaxRuns = 400;

    /// <summary>Runs operations in order on a fresh store.</summary>
    /// <returns>Null when every answer was right.</returns>
    public static async Task<ModelFailure?> RunAsync(int seed, StoreStorage storage, IReadOnlyList<ModelOperation> operations)
    {
        await using var run = await ModelRun.StartAsync(new ModelSettings(seed), storage);
        try
        {
            foreach (var operation in operations)
            {
                await run.ExecuteAsync(operation);
            }

            await run.FinishAsync();
            return null;
        }
#pragma warning disable CA1031 // Whatever a run ends with is the finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new ModelFailure(error, run.Log);
        }
    }

    /// <summary>Shrinks a failing run.</summary>
    public static async Task<ModelFailure> ShrinkAsync(
        int seed, StoreStorage storage, IReadOnlyList<ModelOperation> operations, ModelFailure failure)
    {
        var left = operations.ToList();
        var runs = 0;
        for (var portion = left.Count / 2; portion > 0 && runs < MaxRuns; portion = portion == 1 ? 0 : (portion + 1) / 2)
        {
            for (var from = left.Count - portion; from > -portion && runs < MaxRuns; from -= portion)
            {
                var begin = Math.Max(0, from);
                var fewer = left.Take(begin).Concat(left.Skip(from + portion)).ToList();
                runs++;
                if (await RunAsync(seed, storage, fewer) is { } smaller)
                {
                    left = fewer;
                    failure = smaller;
                }
            }
        }

        return failure;
    }
}
