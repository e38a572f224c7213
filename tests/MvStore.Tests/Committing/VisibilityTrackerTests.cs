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
}
