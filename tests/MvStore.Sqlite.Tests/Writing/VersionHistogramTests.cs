using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

public sealed class VersionHistogramTests
{
    public static TheoryData<int, string, int> Orders
    {
        get
        {
            var orders = new TheoryData<int, string, int>();
            foreach (var maxSteps in (int[])[8, 64, 1_024])
            {
                foreach (var order in (string[])["ascending", "descending", "random", "few", "blocks"])
                {
                    orders.Add(maxSteps, order, 3_000);
                }
            }

            return orders;
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void I66_WhatIsDueIsNeverToldTooLowAndHardlyTooHigh(int maxSteps, string order, int count)
    {
        var random = new Random(maxSteps);
        ulong[] versions = [.. Enumerable.Range(0, count).Select(i => order switch
        {
            "ascending" => (ulong)(10 + i),
            "descending" => (ulong)(10 + count - i),
            "random" => (ulong)random.Next(10, 50_000),
            "few" => (ulong)random.Next(10, 15),
            _ => (ulong)((i / 500 * 1_000) + 10 + random.Next(900)), // as slices come: each above the one before, in any order within
        })];
        var histogram = new VersionHistogram(maxSteps);
        var largest = 0;
        foreach (var version in versions)
        {
            histogram.Add(version);
            largest = Math.Max(largest, histogram.Count);
        }

        largest.Should().BeInRange(2, maxSteps);

        // As many as one step may count together; a few of them where a step was cut in two.
        var step = (count * 4 / maxSteps) + versions.GroupBy(v => v).Max(g => g.Count());
        var most = order is "ascending" or "descending" ? step : 4 * step;
        foreach (var at in versions.Where((_, i) => i % 7 == 0).Append(0UL).Append(9UL).Append(ulong.MaxValue))
        {
            var exact = versions.Count(v => v <= at);
            histogram.DueAt(at).Should().BeInRange(exact, exact + most, "at {0}", at);
        }

        histogram.DueAt(9).Should().Be(0, "nothing is due before the first");
        histogram.DueAt(ulong.MaxValue).Should().Be(count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    public void I66_AsManyVersionsAsThereMayBeStepsAreToldExactly(int maxSteps)
    {
        var histogram = new VersionHistogram(maxSteps);
        for (var version = (ulong)maxSteps; version > 0; version--)
        {
            histogram.Add(version);
        }

        histogram.Count.Should().Be(maxSteps);
        for (var at = 0UL; at <= (ulong)maxSteps; at++)
        {
            histogram.DueAt(at).Should().Be((long)at);
        }
    }

    [Fact]
    public void I66_NeighboursAreTakenTogetherUpToFourTimesAnEvenShare()
    {
        // One more than there may be steps: four of nine are half of them, as four even shares of eight are.
        var histogram = new VersionHistogram(8);
        for (var version = 9UL; version > 0; version--)
        {
            histogram.Add(version);
        }

        histogram.Count.Should().Be(3);
        Enumerable.Range(0, 10).Select(at => histogram.DueAt((ulong)at)).Should().Equal(0, 4, 4, 4, 4, 8, 8, 8, 8, 9);
    }

    [Fact]
    public void I66_AStepCountsFurtherVersionsWhileItHasLessThanFourTimesAnEvenShare()
    {
        var histogram = new VersionHistogram(8);
        List<long[]> told = [];
        for (var version = 1UL; version <= 4; version++)
        {
            histogram.Add(version);
            told.Add([.. Enumerable.Range(1, 4).Select(at => histogram.DueAt((ulong)at))]);
        }

        // Of two rows such a share is one, and of three still; of four it is two, so that the fourth falls to the third.
        told.Should().BeEquivalentTo((long[][])[[1, 1, 1, 1], [1, 2, 2, 2], [1, 2, 3, 3], [1, 2, 4, 4]], options => options.WithStrictOrdering());
    }

    [Fact]
    public void I66_AVersionHasOneStep()
    {
        var histogram = new VersionHistogram(8);
        for (var i = 0; i < 2; i++)
        {
            histogram.Add(5);
            histogram.Add(9);
        }

        histogram.Count.Should().Be(2);
    }

    [Fact]
    public void I66_AFewVersionsOfManyRowsAreToldExactly()
    {
        var histogram = new VersionHistogram(64);
        for (var i = 0UL; i < 100_000; i++)
        {
            histogram.Add(1 + (i / 10_000));
        }

        for (var at = 0UL; at <= 11; at++)
        {
            histogram.DueAt(at).Should().Be((long)Math.Min(at, 10) * 10_000);
        }
    }
}
