using Xunit.Abstractions;

namespace MvStore.Tests.Histories;

/// <summary>The checker accepts what is right and names the rule that each planted bug breaks.</summary>
public sealed class HistoryCheckerTests(ITestOutputHelper output)
{
    private const int Seeds = 60;
    private const int Transactions = 120;

    [Fact]
    public void Right_histories_are_accepted()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            Check(seed, PlantedBug.None).Should().BeEmpty($"seed {seed} is right");
        }
    }

    [Theory]
    [InlineData(PlantedBug.PublishBeforeLastWrite, "READ")]
    [InlineData(PlantedBug.LateVersionVisibleToOlderViews, "READ")]
    [InlineData(PlantedBug.CollectorIgnoresViews, "READ")]
    [InlineData(PlantedBug.LateVersionLost, "READ")]
    [InlineData(PlantedBug.LateVersionHidesNewer, "READ")]
    [InlineData(PlantedBug.ViewFromThePast, "STALE")]
    [InlineData(PlantedBug.SessionGoesBack, "SESSION")]
    [InlineData(PlantedBug.DuplicateAccepted, "ONCE")]
    [InlineData(PlantedBug.DeletionResurrected, "READ")]
    [InlineData(PlantedBug.ReadsWhatIsNotPublished, "READ")]
    public void Planted_bugs_are_caught(PlantedBug bug, string rule)
    {
        var caught = Enumerable.Range(0, Seeds).Select(seed => Check(seed, bug)).Where(v => v.Any(x => x.Rule == rule)).ToList();
        output.WriteLine($"{bug}: {rule} in {caught.Count} of {Seeds} histories; {caught.FirstOrDefault()?.First(x => x.Rule == rule)}");
        caught.Should().NotBeEmpty();
    }

    private static IReadOnlyList<HistoryViolation> Check(int seed, PlantedBug bug)
    {
        var (commits, readers) = new SimulatedStore(seed, bug).Run(Transactions);
        return HistoryChecker.Check(commits, readers);
    }
}
