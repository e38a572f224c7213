using MvStore.Committing;

namespace MvStore.Tests.Committing;

public sealed class VisibilityTrackerTests
{
    [Fact]
    public void ALowerVersionInFlightHoldsTheVisibleVersion()
    {
        var tracker = new VisibilityTracker(5);

        tracker.Publish(9);
        tracker.Publish(7);
        tracker.Advance(lowestInFlight: 8);

        tracker.Visible.Should().Be((CommitVersion)7);
        tracker.Highest.Should().Be((CommitVersion)9);
    }

    [Fact]
    public void ItCatchesUpOnceNothingIsInFlight()
    {
        var tracker = new VisibilityTracker(0);
        tracker.Publish(9);
        tracker.Advance(lowestInFlight: 3);
        tracker.Publish(3);

        tracker.Advance(lowestInFlight: null);

        tracker.Visible.Should().Be((CommitVersion)9);
    }

    [Fact]
    public void ALateVersionNeverTakesItBack()
    {
        var tracker = new VisibilityTracker(10);

        tracker.Publish(4);
        tracker.Advance(lowestInFlight: 2);

        tracker.Visible.Should().Be((CommitVersion)10);
    }

    /// <summary>Random commits begin and are published; the tracker must say what the definition says.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ItIsTheHighestPublishedVersionWithNoLowerOneInFlight(int seed)
    {
        var random = new Random(seed);
        var tracker = new VisibilityTracker(3);
        var inFlight = new List<ulong>();
        var published = new List<ulong> { 3 };
        ulong visible = 3;
        for (var step = 0; step < 3_000; step++)
        {
            if (inFlight.Count == 0 || random.Next(5) < 2)
            {
                inFlight.Add((ulong)((step / 4) + random.Next(1, 20)));
                continue;
            }

            var at = random.Next(inFlight.Count);
            published.Add(inFlight[at]);
            tracker.Publish(inFlight[at]);
            inFlight.RemoveAt(at);
            tracker.Advance(inFlight.Count == 0 ? null : (CommitVersion?)inFlight.Min());

            visible = Math.Max(visible, published.Where(v => inFlight.All(f => f > v)).DefaultIfEmpty().Max());
            tracker.Visible.Value.Should().Be(visible, "seed {0}, step {1}", seed, step);
            tracker.Highest.Value.Should().Be(published.Max());
        }
    }
}
