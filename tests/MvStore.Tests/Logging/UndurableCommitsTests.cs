using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What is not durable yet, against a plain list of it (A10).</summary>
public sealed class UndurableCommitsTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 40)]
    [InlineData(3, 5_000)]
    public void A10_ItTellsWhatAPlainListTellsAfterEveryStep(int seed, int disorder)
    {
        var random = new Random(seed);
        var commits = new UndurableCommits();
        var list = new List<(ulong Sequence, ulong Version)>();
        var used = new HashSet<ulong>();
        ulong sequence = 0;
        ulong highest = 0;
        for (var step = 0; step < 4_000; step++)
        {
            if (random.Next(5) < 3)
            {
                // Versions ascend more or less, and places have gaps: a commit that fails leaves one.
                sequence += (ulong)random.Next(1, 3);
                var version = Math.Max(1, (10 * sequence) + (ulong)random.Next(disorder) - Math.Min(10 * sequence, (ulong)disorder / 2));
                while (!used.Add(version))
                {
                    version++;
                }

                commits.Add(sequence, version);
                list.Add((sequence, version));
            }
            else
            {
                // Mostly a few, at times all.
                var upTo = list.Count == 0 || random.Next(12) == 0 ? sequence : list[random.Next(Math.Min(list.Count, 4))].Sequence - (ulong)random.Next(2);
                highest = list.Where(c => c.Sequence <= upTo).Select(c => c.Version).Append(highest).Max();
                commits.RemoveUpTo(upTo).Value.Should().Be(highest, "step {0}", step);
                list.RemoveAll(c => c.Sequence <= upTo);
            }

            var lowest = list.Select(c => (CommitVersion?)c.Version).DefaultIfEmpty(null).Min();
            commits.Lowest.Should().Be(lowest, "step {0}", step);
            var asked = (10 * sequence) + (ulong)random.Next(60) - Math.Min(10 * sequence, 40);
            commits.LastAtOrBelow(asked).Should().Be(list.Where(c => c.Version <= asked).Select(c => c.Sequence).DefaultIfEmpty(0UL).Max(), "step {0}", step);
        }
    }

    [Fact]
    public void A10_TheHighestThatBecameDurableMayHaveBeenOvertaken()
    {
        var commits = new UndurableCommits();
        commits.Add(1, 6);
        commits.Add(2, 5);
        commits.Add(3, 9);

        commits.Lowest.Should().Be((CommitVersion)5);
        commits.LastAtOrBelow(6).Should().Be(2);
        commits.RemoveUpTo(1).Value.Should().Be(6);
        commits.Lowest.Should().Be((CommitVersion)5);
        commits.RemoveUpTo(2).Value.Should().Be(6, "that one was removed before");
        commits.LastAtOrBelow(8).Should().Be(0);
        commits.RemoveUpTo(3).Value.Should().Be(9);
        commits.Lowest.Should().BeNull();
        commits.Add(4, 8);
        commits.Add(5, 7);
        commits.RemoveUpTo(5).Value.Should().Be(9);
    }
}
