using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>Stores with a commit log that are broken on purpose: the images of log and tier must show it at each run.</summary>
public sealed class LoggedControlTests(ITestOutputHelper output)
{
    private const string Lost = "was acknowledged";
    private const string LogTooShort = "the log begins behind publication";
    private const string LostByTier = "not with one of";

    [Fact]
    public Task ALogThatAcknowledgesBeforeItsSyncIsCaught()
        => CaughtAsync("the log acknowledged before its sync", LoggedScripts.Everything, Lost, disk => disk.LogSyncs = false);

    [Fact]
    public Task ASegmentThatIsUsedAgainBeforeTheTierHasSyncedIsCaught()
        => CaughtAsync("a segment was used again too early", CommitsAndFlushes, LogTooShort, wrap: tier => new EarlyTier(tier, readsSeeIt: false));

    [Fact]
    public Task AMarkOfTheTierThatIsAheadOfItsRowsIsCaught()
        => CaughtAsync("the tier's mark was ahead", MarkAhead, "is missing", wrap: tier => new AheadTier(tier));

    [Theory]
    [InlineData('1', "NORMAL")]
    [InlineData('0', "OFF")]
    public Task WeakerSynchronousBehindALogIsCaught(char digit, string name)
        => CaughtAsync($"synchronous={name}", LoggedScripts.RecyclingWithoutCheckpoints, LostByTier, disk => disk.SynchronousOverride = digit);

    // In these scripts memory has everything: while they run, the store answers right.
    private static Script CommitsAndFlushes
        => new(
            "commits and flushes",
            LoggedScripts.Recycling.Settings with { MaxSliceBytes = 1_000_000 },
            [.. LoggedScripts.Recycling.Steps.Where(s => s.Version > 0 || s.Kind == StepKind.Flush)]);

    private static Script MarkAhead
    {
        get
        {
            var w = new ScriptWriter(21);
            return new Script("mark ahead", LoggedScripts.Short.Settings, [
                ScriptWriter.Durable(1, w.Set("a")),
                ScriptWriter.Flush(),
                ScriptWriter.Durable(2, w.Set("a"), w.Set("b")),
                ScriptWriter.Flush(),
            ]);
        }
    }

    private async Task CaughtAsync(
        string what,
        Script script,
        string reason,
        Action<Disk>? corrupt = null,
        Func<IPersistentTier, IPersistentTier>? wrap = null)
    {
        using var disk = new Disk(Folder.Create(), []);
        corrupt?.Invoke(disk);
        var run = await ScriptRun.WholeAsync(script, disk, wrap);
        var sweep = new Sweep();
        await sweep.RunAsync(disk.History, run, script, seed: 1, images: 6, stride: 2);
        var caught = sweep.Failures.FirstOrDefault(f => f.Contains(reason, StringComparison.Ordinal));
        output.WriteLine($"{what}: {sweep}; {caught}");
        caught.Should().NotBeNull("{0}: {1}", what, sweep.Failures.FirstOrDefault());
    }
}
