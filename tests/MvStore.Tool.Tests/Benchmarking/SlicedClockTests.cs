using MvStore.Tool.Benchmarking;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Benchmarking;

public class SlicedClockTests
{
    [Fact]
    public async Task A_rate_is_what_was_done_by_the_time_it_took_and_the_first_slice_does_not_count()
    {
        var calls = 0;
        var clock = new SlicedClock(new SteppingClock(TimeSpan.FromMilliseconds(50)), TimeSpan.FromSeconds(1));

        // Each slice lasts 200 ms, four steps. The first one does a thousand times as much.
        var measured = await clock.MeasureAsync("name", "unit", () => Task.FromResult(++calls <= 4 ? 10_000L : 10L), CancellationToken.None);

        measured.Rates.Should().Equal(200, 200, 200, 200, 200);
        calls.Should().Be(6 * 4);
    }

    [Fact]
    public void The_middle_and_the_ends_of_the_slices_are_told()
    {
        var measured = new BenchMeasurement("name", "unit", [5, 1, 4, 2, 3]);

        (measured.Lowest, measured.Median, measured.Highest).Should().Be((1, 3, 5));
    }

    [Fact]
    public async Task It_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var clock = new SlicedClock(new SteppingClock(TimeSpan.Zero), TimeSpan.FromSeconds(1));

        var measuring = () => clock.MeasureAsync(
            "name",
            "unit",
            () =>
            {
                stop.Cancel();
                return Task.FromResult(1L);
            },
            stop.Token);

        await measuring.Should().ThrowAsync<OperationCanceledException>();
    }
}
