using Microsoft.Extensions.Time.Testing;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Tests.Rendering;

public class ProgressTests
{
    [Fact]
    public void Rate_and_time_left_are_those_of_this_run()
    {
        var figures = new ProgressFigures(new ProgressPlan("Importing", "commits", 1000, 5000), 2000, TimeSpan.FromSeconds(10));

        figures.Percent.Should().Be(40);
        figures.Counts.Should().Be("2,000 of 5,000 commits");
        figures.RateText.Should().Be("100/s");
        figures.LeftText.Should().Be("0:30 left");
    }

    [Fact]
    public void Before_anything_is_done_nothing_is_promised()
        => new ProgressFigures(new ProgressPlan("Importing", "commits", 0, 5), 0, TimeSpan.FromSeconds(1)).LeftText.Should().Be("-:-- left");

    [Fact]
    public async Task A_pipe_gets_a_line_every_so_often()
    {
        var time = new FakeTimeProvider();
        var writer = new StringWriter();
        var view = new LineProgress(writer, time);

        await view.RunAsync(new ProgressPlan("Importing", "commits", 0, 100), meter =>
        {
            for (var i = 1; i <= 100; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                meter.Report(i);
            }

            return Task.FromResult(0);
        });

        var lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(5);
        lines[0].Should().Be("Importing: 20 of 100 commits (20 %), 10/s, 0:08 left");
    }

    [Fact]
    public async Task The_result_and_the_failure_of_the_work_pass_through()
    {
        var plan = new ProgressPlan("Importing", "commits", 0, 1);
        IProgressView[] views = [new SilentProgress(), new LineProgress(TextWriter.Null, TimeProvider.System), new TerminalProgress(TextWriter.Null, TimeProvider.System)];
        foreach (var view in views)
        {
            (await view.RunAsync(plan, static meter => { meter.Report(1); return Task.FromResult(42); })).Should().Be(42);
            var failing = () => view.RunAsync<int>(plan, static _ => throw new ToolException(ExitCode.Git, "no"));
            await failing.Should().ThrowAsync<ToolException>();
        }
    }
}
