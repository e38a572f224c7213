using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>The proofs must find what is broken on purpose, at each run: otherwise they prove nothing.</summary>
public sealed class NegativeControlTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData('1', "NORMAL")]
    [InlineData('0', "OFF")]
    public async Task WeakerSynchronousIsCaught(char digit, string name)
    {
        using var disk = new Disk(Folder.Create(), []) { SynchronousOverride = digit };
        // Not the script that checkpoints after each write: a checkpoint syncs the log whatever the setting.
        var sweep = await SweptAsync(FixedScripts.Everything, disk, wrap: null);
        output.WriteLine($"synchronous={name}: {sweep}; {sweep.Failures.FirstOrDefault()}");
        sweep.Failures.Should().NotBeEmpty();
    }

    [Fact]
    public async Task AcknowledgingBeforeTheSyncIsCaught()
    {
        using var disk = new Disk(Folder.Create(), []);
        var sweep = await SweptAsync(FixedScripts.Everything, disk, tier => new EarlyTier(tier, readsSeeIt: true));
        output.WriteLine($"acknowledged before the sync: {sweep}; {sweep.Failures.FirstOrDefault()}");
        sweep.Failures.Should().NotBeEmpty();
    }

    [Fact]
    public async Task EvictingBeforePersistingIsCaught()
    {
        using var disk = new Disk(Folder.Create(), []);
        var run = () => SweptAsync(FixedScripts.Everything, disk, tier => new EarlyTier(tier, readsSeeIt: false));
        var caught = await run.Should().ThrowAsync<LossException>();
        output.WriteLine($"evicted before persisted: {caught.Which.Message}");
    }

    private static async Task<Sweep> SweptAsync(Script script, Disk disk, Func<IPersistentTier, IPersistentTier>? wrap)
    {
        var run = await ScriptRun.WholeAsync(script, disk, wrap);
        var sweep = new Sweep();
        await sweep.RunAsync(disk.History, run, script, seed: 1, images: 4);
        return sweep;
    }
}
