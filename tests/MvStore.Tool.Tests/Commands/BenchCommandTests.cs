using System.Text.Json;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class BenchCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_measures_what_a_store_does_and_leaves_nothing_behind()
    {
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "bench", "--json", "--directory", _directory.Path)).Text);

        var rates = json.RootElement.GetProperty("measurements").EnumerateArray().ToDictionary(static m => m.GetProperty("name").GetString()!);
        rates.Keys.Should().BeEquivalentTo("gets", "scan", "durable commits", "durable commits, 8 callers", "commits");
        foreach (var rate in rates.Values)
        {
            var lowest = rate.GetProperty("lowest").GetDouble();
            var highest = rate.GetProperty("highest").GetDouble();
            lowest.Should().BePositive();
            rate.GetProperty("perSecond").GetDouble().Should().BeInRange(lowest, highest);
        }

        // By this clock a slice of 200 ms takes two steps: of 20,000 rows, of 64 keys.
        rates["scan"].GetProperty("perSecond").GetDouble().Should().Be(200_000);
        rates["gets"].GetProperty("perSecond").GetDouble().Should().Be(640);
        json.RootElement.GetProperty("fileSystem").GetString().Should().NotBeNullOrEmpty();
        Directory.EnumerateFileSystemEntries(_directory.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task It_tells_people_what_was_measured_and_where()
    {
        var text = (await RunAsync(ExitCode.Ok, "bench", "--seconds", "2", "--directory", _directory.Path)).Text;

        text.Should().StartWith("in a second").And.Contain("durable commits, 8 callers").And.Contain("5 slices of 0.40 s each").And.Contain(_directory.Path);
    }

    [Fact]
    public async Task An_interrupted_measurement_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        (await InProcess.RunAsync(_directory.Path, stop.Token, "bench", "--directory", ".")).Expect(ExitCode.Cancelled);

        Directory.EnumerateFileSystemEntries(_directory.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_not_made()
        => (await RunAsync(ExitCode.Store, "bench", "--directory", "none")).Error.Should().Contain("There is no directory").And.Contain("--directory");

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_directory.Path, new SteppingClock(TimeSpan.FromMilliseconds(100)), default, args)).Expect(code);
}
