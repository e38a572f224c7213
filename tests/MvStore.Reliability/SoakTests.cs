using System.Globalization;
using MvStore.Reliability.Soak;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// Everything at once, for as long as it is let: <c>MVSTORE_SOAK_MINUTES=480</c>, and <c>MVSTORE_SOAK_OUTPUT</c> for where stores, log and report go; a few seconds otherwise, which show that it
/// works. The one test that takes the time it is given.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int FirstSeed = 20_000;
    private const int Rate = 400;
    private const int FastRate = 4_000;
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(6);

    private readonly Lock _lock = new(); // guards the log

    [Fact]
    public async Task D3_NothingIsLostAndNothingGrowsHoweverLongItRuns()
    {
        var isLong = double.TryParse(Environment.GetEnvironmentVariable("MVSTORE_SOAK_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes);
        var seed = Effort.Seeds(FirstSeed, 1, 1).Single();
        var directory = Environment.GetEnvironmentVariable("MVSTORE_SOAK_OUTPUT") is { Length: > 0 } named ? Directory.CreateDirectory(named).FullName : Folder.Create();
        var whole = isLong ? TimeSpan.FromMinutes(minutes) : Fast;
        Log(directory, $"seed {seed}, {whole}");
        SoakResult result;
        try
        {
            result = await new SoakRun(Path.Combine(directory, "stores"), seed, whole, isLong ? Rate : FastRate, line => Log(directory, line)).RunAsync();
        }
        catch (Exception e)
        {
            Log(directory, e.ToString());
            throw new LossException(
                $"{e.GetType().Name}: {e.Message} The stores are in {directory}. Again: {Effort.Replay(seed, nameof(D3_NothingIsLostAndNothingGrowsHoweverLongItRuns))}");
        }

        var bounds = SoakBounds.Of(result);
        var report = new SoakReport(result, bounds).Write(directory);
        output.WriteLine(await File.ReadAllTextAsync(report));
        result.Samples.Should().NotBeEmpty();
        result.Deaths.Should().Contain(d => d.Found > 0, "a store was compared that had been written");
        bounds.Where(b => b.IsKept == false).Should().BeEmpty();
    }

    // Written at once: who waits for hours wants to look at it.
    private void Log(string directory, string line)
    {
        lock (_lock)
        {
            File.AppendAllText(Path.Combine(directory, "soak.log"), $"{TimeProvider.System.GetUtcNow():O} {line}{Environment.NewLine}");
        }
    }
}
