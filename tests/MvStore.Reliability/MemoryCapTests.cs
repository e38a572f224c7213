using System.Globalization;
using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// Far more is committed than the process may keep in memory: commits wait, or are refused in so many words, or the runtime ends the process; what was acknowledged is there (contract D5).
/// </summary>
public sealed class MemoryCapTests(ITestOutputHelper output)
{
    private const long Mebibyte = 1024 * 1024;
    private static readonly int Commits = Effort.Of(600, 2_400); // ten are a mebibyte

    [Fact]
    public async Task D5_NothingIsLostWhereMemoryIsShort()
    {
        // From what a process hardly starts with, and from what is plenty, to what is between, so that the ends are tried whatever the time.
        var sizes = Enumerable.Range(0, 20).Reverse().OrderBy(i => Math.Min(i, 19 - i))
            .Where(i => Effort.IsLong || i is 0 or 10).Select(i => (long)(16 * Mebibyte * Math.Pow(1.2, i)));
        var cases = sizes.SelectMany(size => (Effort.IsLong ? new[] { 0, size / 4, Mebibyte } : [size / 4]).Select(hardLimit => (size, hardLimit))).ToList();
        var hasTime = Effort.Time();
        var tried = 0;
        var done = 0;
        foreach (var (size, hardLimit) in cases.TakeWhile((_, i) => i == 0 || hasTime()))
        {
            tried++;
            done += await RunAsync(size, hardLimit) ? 1 : 0;
        }

        output.WriteLine($"{tried} of {cases.Count} tried, {done} of them committed all");
        done.Should().BePositive("with enough memory all commits succeed");
    }

    private async Task<bool> RunAsync(long heapLimit, long hardLimit)
    {
        var directory = Folder.Create();
        try
        {
            using var victim = VictimProcess.Start(["capped", directory, hardLimit.ToString(CultureInfo.InvariantCulture), Commits.ToString(CultureInfo.InvariantCulture)], heapLimit: heapLimit);
            var exitCode = await victim.KillAfterAsync(int.MaxValue, 0);
            var errors = await victim.ErrorsAsync();
            (exitCode == Victim.Done || errors.Length > 0).Should().BeTrue("{0} without a word", exitCode);
            await using var store = await KillStore.Default(directory).OpenAsync();
            var found = await CappedLoad.CheckAsync(store, victim.AllDurable);
            output.WriteLine(
                $"heap {heapLimit / Mebibyte} MiB, limit {hardLimit / Mebibyte} MiB: ended with {exitCode}, {victim.AllDurable.Count} acknowledged, {found} there, {errors.Split('\n')[0]}");
            (exitCode != Victim.Done || found == (ulong)Commits).Should().BeTrue("it ended well, with {0} of {1} commits", found, Commits);
            return exitCode == Victim.Done;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
