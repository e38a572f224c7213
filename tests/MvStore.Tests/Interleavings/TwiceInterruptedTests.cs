using Xunit.Abstractions;

namespace MvStore.Tests.Interleavings;

/// <summary>
/// The real stages, one operation interrupted at every two hand-over points by two others: what a first interruption leaves half done meets a second. I1 to I8, contract A4, B12, C1, D6, E1.
/// </summary>
public sealed class TwiceInterruptedTests(ITestOutputHelper output)
{
    // Of each stage one: more is in the combinations that run at one point.
    private static readonly string[] Between = ["fresh", "late", "flush, evict", "reclaim"];

    [Theory]
    [MemberData(nameof(InterleavingTests.Reads), MemberType = typeof(InterleavingTests))]
    public async Task B12_a_read_interrupted_twice_answers_as_of_one_moment(string read)
        => output.WriteLine($"{read}: {await ForEachTwoPointsAsync((engine, context) => InterleavingTests.ReadAsync(engine, read, context))} interleavings");

    [Theory]
    [MemberData(nameof(InterleavingTests.Writes), MemberType = typeof(InterleavingTests))]
    public async Task I1_to_I8_hold_when_a_write_is_interrupted_twice(string write)
        => output.WriteLine($"{write}: {await ForEachTwoPointsAsync((engine, context) => InterleavingTests.WriteAsync(engine, write, context))} interleavings");

    private static async Task<int> ForEachTwoPointsAsync(Func<SteppedEngine, Func<string>, Task> run)
    {
        var cases = 0;
        foreach (var first in Between)
        {
            foreach (var second in Between)
            {
                for (var at = 0; ; at++)
                {
                    int passed;
                    for (var then = at + 1; (passed = await RunAsync(first, at, second, then, run)) > then; then++)
                    {
                        cases++;
                    }

                    if (passed <= at)
                    {
                        break;
                    }
                }
            }
        }

        cases.Should().BePositive();
        return cases;
    }

    // How many points were passed.
    private static async Task<int> RunAsync(string first, int at, string second, int then, Func<SteppedEngine, Func<string>, Task> run)
    {
        await using var engine = await InterleavingTests.StartAsync();
        engine.Stepper.Arm(at, () => InterleavingTests.ActionOf(first)(engine), then, () => InterleavingTests.ActionOf(second)(engine));
        await run(engine, Context);
        engine.RequireConsistent();
        return engine.Stepper.Passed;

        string Context()
        {
            var names = engine.Stepper.Names;
            return $"\"{first}\" ran at point {at}, {names.ElementAtOrDefault(at)}, \"{second}\" at point {then}, {names.ElementAtOrDefault(then)}";
        }
    }
}
