using System.Collections.Concurrent;
using MvStore.Reliability.Faults;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>Every operation fails, once and for good, in every way there is: nothing acknowledged is lost, no answer is wrong (contract D4).</summary>
public sealed class IoFaultTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(FixedScripts.Short))]
    [InlineData(nameof(FixedScripts.ShortTwice))]
    public Task D4_EveryOperationFails(string name)
        => EveryAsync(name == nameof(FixedScripts.Short) ? FixedScripts.Short : FixedScripts.ShortTwice);

    /// <summary>With a commit log: its operations and SQLite's.</summary>
    [Fact]
    public Task D4_EveryOperationOfLogAndTierFails() => EveryAsync(LoggedScripts.Short);

    private async Task EveryAsync(Script script)
    {
        var cases = await CasesAsync(script);
        var happened = 0;
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = Effort.Workers }, async (fault, _) =>
        {
            var run = new FaultRun(script, fault);
            try
            {
                await run.RunAsync();
            }
            catch (Exception e)
            {
                failures.Enqueue($"{run}: {e.GetType().Name}: {e.Message}");
            }

            if (run.Happened)
            {
                Interlocked.Increment(ref happened);
            }
        });
        output.WriteLine($"{script}: {cases.Count} faults, {happened} came to pass, {failures.Count} wrong");
        foreach (var failure in failures.Order(StringComparer.Ordinal))
        {
            output.WriteLine(failure);
        }

        failures.Should().BeEmpty();
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
