using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// After a power cut a store reopens to exactly the first publications, whole, down to the last one that was acknowledged (contract D3, E8).
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int FirstSeed = 1_000;
    private const int Survivals = 4; // Those that do not tell a log from a tier.

    [Theory]
    [InlineData(nameof(FixedScripts.Everything))]
    [InlineData(nameof(FixedScripts.Checkpoints))]
    [InlineData(nameof(FixedScripts.Shrinking))]
    public async Task D3_EveryPointOfAFixedScript(string name)
    {
        var script = FixedScripts.Named(name);
        var sweep = new Sweep();
        using var disk = new Disk(Folder.Create(), []);
        var run = await ScriptRun.WholeAsync(script, disk);
        var images = await sweep.RunInPortionsAsync(disk.History, run, script, Effort.Of(5, 200));
        output.WriteLine($"{script}: {sweep}, {images} at each that is not synced");
        sweep.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task D3_EveryPointOfRandomScripts()
    {
        var cuts = new PowerCuts(Effort.Seeds(FirstSeed, 18, 250), RandomScript.From, Effort.Of(5, 20), nameof(D3_EveryPointOfRandomScripts));
        output.WriteLine($"{await cuts.AtEveryPointAsync()}");
    }

    [Fact]
    public async Task D3_CrashDuringRecovery()
    {
        var cuts = new PowerCuts(Effort.Seeds(FirstSeed, 4, 100), RandomScript.From, Effort.Of(4, 6), nameof(D3_CrashDuringRecovery));
        output.WriteLine($"{await cuts.DuringRecoveryAsync(Survivals, Effort.Of(3, 10))}");
    }

    [Fact]
    public async Task D3_WhatReopeningFoundAfterAKillStaysWhenThePowerFailsLater()
    {
        var cuts = new PowerCuts(
            Effort.Seeds(FirstSeed, 4, 100), RandomScript.From, Effort.Of(4, 6), nameof(D3_WhatReopeningFoundAfterAKillStaysWhenThePowerFailsLater));
        output.WriteLine($"{await cuts.AfterAKillAsync(static (log, point) => log.AfterCutAt(point), Effort.Of(3, 10))}");
    }
}
