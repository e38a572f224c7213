using MvStore.Contracts;

namespace MvStore.Tests.Contracts;

public sealed class SlidingMinimumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ItIsTheMinimumOfTheQueueAfterEveryStep(int seed)
    {
        var random = new Random(seed);
        var queue = new Queue<ulong>();
        var minimum = new SlidingMinimum();
        for (var step = 0; step < 5_000; step++)
        {
            if (queue.Count > 0 && random.Next(5) < 2)
            {
                minimum.Dequeue(queue.Dequeue());
            }
            else
            {
                // Few different versions, so that equal ones meet.
                var version = (ulong)random.Next(1, 12);
                queue.Enqueue(version);
                minimum.Enqueue(version);
            }

            minimum.Minimum.Should().Be(queue.Count == 0 ? null : (CommitVersion?)queue.Min(), "seed {0}, step {1}", seed, step);
            var skipped = random.Next(queue.Count + 1);
            var behind = queue.Skip(skipped).Select(v => (CommitVersion?)v).DefaultIfEmpty(null).Min();
            minimum.MinimumBehind(skipped).Should().Be(behind, "seed {0}, step {1}, behind {2}", seed, step, skipped);
        }
    }

    [Fact]
    public void AscendingVersionsAllStay()
    {
        var minimum = new SlidingMinimum();
        for (ulong version = 1; version <= 1_000; version++)
        {
            minimum.Enqueue(version);
            if (version % 3 == 0)
            {
                minimum.Dequeue(version / 3);
            }
        }

        for (ulong version = 334; version <= 1_000; version++)
        {
            minimum.Minimum.Should().Be((CommitVersion)version);
            minimum.Dequeue(version);
        }

        minimum.Minimum.Should().BeNull();
    }
}
