using System.Globalization;
using MvStore.Reliability;
using Xunit.Abstractions;

namespace MvStore.Tests.Histories;

/// <summary>Histories from real threads are snapshot isolated (contract A2, A4, A5, B1, B8, C1, D3, D6).</summary>
public sealed class RandomHistoryTests(ITestOutputHelper output)
{
    private const int MostAtOnce = 1_000_000; // all that happened in one run is kept until it is checked

    [Fact]
    public async Task C1_histories_of_real_threads_are_snapshot_isolated()
    {
        var seed = Setting("MVSTORE_HISTORY_SEED", Random.Shared.Next());
        var transactions = Setting("MVSTORE_HISTORY_TXNS", Effort.Of(1_000_000, 200_000_000));
        var hasTime = Effort.Time();
        var done = 0;
        for (; done < transactions && (done == 0 || hasTime()); done += Math.Min(MostAtOnce, transactions - done))
        {
            await RunAsync(seed, Math.Min(MostAtOnce, transactions - done));
            seed = unchecked(seed + 1);
        }

        output.WriteLine($"{done:N0} of {transactions:N0} transactions");
    }

    private async Task RunAsync(int seed, int transactions)
    {
        output.WriteLine($"MVSTORE_HISTORY_SEED={seed} MVSTORE_HISTORY_TXNS={transactions} dotnet test tests/MvStore.Tests --filter {nameof(RandomHistoryTests)}");

        var run = new HistoryRun(seed, transactions);
        var violations = await run.RunAsync();

        output.WriteLine(
            $"{run.Commits:N0} commits, {run.LateCommits:N0} of them late, {run.Reads:N0} reads, {run.BelowFloor:N0} refused below the floor, {run.Reclaimed:N0} versions reclaimed");
        violations.Take(5).Should().BeEmpty($"seed {seed} must show no anomaly");
        run.LateCommits.Should().BePositive();
        run.Reclaimed.Should().BePositive();
    }

    private static int Setting(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
