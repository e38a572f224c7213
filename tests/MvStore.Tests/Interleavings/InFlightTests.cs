using MvStore.Committing;
using Xunit.Abstractions;

namespace MvStore.Tests.Interleavings;

/// <summary>
/// Two commits in flight at once, their steps in every order, either of them failing or not, and a flush with eviction after any of the steps: what is
/// published is found, whichever tier it is in (I1, I2, I5, I6).
/// </summary>
public sealed class InFlightTests(ITestOutputHelper output)
{
    private const int Steps = 3;
    private static readonly string[] Keys = ["a", "b", "c", "d"];

    [Theory]
    [InlineData(50UL, 60UL)]
    [InlineData(60UL, 50UL)]
    public async Task I6_two_commits_in_flight_in_any_order_with_eviction_at_any_step(ulong first, ulong second)
    {
        var cases = 0;
        foreach (var order in Orders())
        {
            for (var evictions = 0; evictions < 1 << (2 * Steps); evictions++)
            {
                for (var failures = 0; failures < 4; failures++)
                {
                    cases += await RunAsync([first, second], order, evictions, failures) ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{first} and {second}: {cases} interleavings");
        cases.Should().BePositive();
    }

    // Which commit takes its next step, six times.
    private static IEnumerable<int[]> Orders()
    {
        for (var bits = 0; bits < 1 << (2 * Steps); bits++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)bits) == Steps)
            {
                yield return [.. Enumerable.Range(0, 2 * Steps).Select(i => bits >> i & 1)];
            }
        }
    }

    private static async Task<bool> RunAsync(ulong[] versions, int[] order, int evictions, int failures)
    {
        await using var engine = new SteppedEngine();
        await engine.CommitAsync(engine.Plain, 10, "a", "b");
        await engine.FlushAsync();
        await engine.CommitAsync(engine.Plain, 20, "b", "c");
        var inFlight = new InFlightCommit?[2];
        var taken = new int[2];
        for (var i = 0; i < order.Length; i++)
        {
            var commit = order[i];
            switch (taken[commit]++)
            {
                case 0:
                    inFlight[commit] = engine.Begin(versions[commit], "a", "b", "d");
                    if (inFlight[commit] is null)
                    {
                        // Late by now: that is another path, with its own tests.
                        return false;
                    }

                    break;
                case 1:
                    engine.Link(inFlight[commit]!);
                    break;
                default:
                    engine.Finish(inFlight[commit]!, aborted: (failures >> commit & 1) != 0);
                    break;
            }

            if ((evictions >> i & 1) != 0)
            {
                await engine.FlushAsync();
                engine.Evict();
            }

            foreach (var at in (ulong[])[55, 1_000])
            {
                var seen = await engine.Plain.GetManyAsync(Keys, at);
                var expected = engine.Expected(Keys, at, engine.Published);
                if (seen != expected)
                {
                    Assert.Fail(
                        $"Saw {seen}, not {expected}, at {at} after step {i} of {string.Join(string.Empty, order)}, evictions {evictions:b6}, failures {failures:b2}.");
                }
            }
        }

        engine.RequireConsistent();
        return true;
    }
}
