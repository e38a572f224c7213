using System.Globalization;
using Xunit.Abstractions;

namespace MvStore.Tests.Histories;

/// <summary>Histories from real threads are snapshot isolated (contract A2, A4, A5, B1, B8, C1, D3, D6).</summary>
public sealed class RandomHistoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task C1_histories_of_real_threads_are_snapshot_isolated()
    {
        var seed = Setting("MVSTORE_HISTORY_SEED", Random.Shared.Next());
        var transactions = Setting("MVSTORE_HISTORY_TXNS", 600_000);
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
