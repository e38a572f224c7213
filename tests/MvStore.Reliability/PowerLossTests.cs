using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// After a power cut a store reopens to exactly the first publications, whole, down to the last one that was acknowledged (contract D3, E8).
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int FirstSeed = 1_000;

    [Theory]
    [InlineData(nameof(FixedScripts.Everything))]
    [InlineData(nameof(FixedScripts.Checkpoints))]
    public async Task D3_EveryPointOfAFixedScript(string name)
    {
        var script = name == nameof(FixedScripts.Everything) ? FixedScripts.Everything : FixedScripts.Checkpoints;
        var sweep = new Sweep();
        using var disk = new Disk(Folder.Create(), []);
        var run = await RunAsync(script, disk);
        await sweep.RunAsync(disk.History, run, script, seed: 1, Effort.Of(5, 200));
        output.WriteLine($"{script}: {sweep}");
        sweep.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task D3_EveryPointOfRandomScripts()
    {
        var sweep = new Sweep();
        foreach (var seed in Effort.Seeds(FirstSeed, 18, 250))
        {
            var script = RandomScript.From(seed);
            using var disk = new Disk(Folder.Create(), []);
            var run = await RunAsync(script, disk);
            await sweep.RunAsync(disk.History, run, script, seed, Effort.Of(5, 20));
            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, nameof(D3_EveryPointOfRandomScripts)));
        }

        output.WriteLine(sweep.ToString());
    }

    [Fact]
    public async Task D3_CrashDuringRecovery()
    {
        var sweep = new Sweep();
        var recoveries = 0;
        foreach (var seed in Effort.Seeds(FirstSeed, 4, 100))
        {
            var script = RandomScript.From(seed);
            var random = new Random(seed);
            using var disk = new Disk(Folder.Create(), []);
            var run = await RunAsync(script, disk);
            var history = disk.History;
            for (var i = 0; i < Effort.Of(3, 10); i++)
            {
                var point = random.Next(history.Changes.Count + 1);
                var image = DiskModel.After(history.Until(point)).Image((Survival)(i % 4), random);
                using var second = new Disk(Folder.Create(), image);
                var recovered = await ScriptRun.WholeAsync(
                    RandomScript.Recovery(script, i),
                    second,
                    run.Log.AfterCutAt(point),
                    new Witness(() => second.Position, run.Witness.PossibleAt(point)));
                await sweep.RunAsync(second.History, recovered, script, seed + i, Effort.Of(4, 6));
                recoveries++;
            }

            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, nameof(D3_CrashDuringRecovery)));
        }

        output.WriteLine($"{sweep}, during {recoveries} recoveries");
    }

    [Fact]
    public async Task D3_WhatReopeningFoundAfterAKillStaysWhenThePowerFailsLater()
    {
        var sweep = new Sweep();
        foreach (var seed in Effort.Seeds(FirstSeed, 4, 100))
        {
            var script = RandomScript.From(seed);
            var random = new Random(seed);
            using var disk = new Disk(Folder.Create(), []);
            var run = await RunAsync(script, disk);
            var history = disk.History;
            for (var i = 0; i < Effort.Of(3, 10); i++)
            {
                var point = random.Next(history.Changes.Count + 1);
                using var second = new Disk(Folder.Create(), history.Until(point));
                var reopened = await ScriptRun.WholeAsync(
                    RandomScript.Recovery(script, i),
                    second,
                    run.Log.AfterCutAt(point),
                    new Witness(() => second.Position, run.Witness.PossibleAt(point)));
                await sweep.RunAsync(second.History, reopened, script, seed + i, Effort.Of(4, 6), from: point);
            }

            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, nameof(D3_WhatReopeningFoundAfterAKillStaysWhenThePowerFailsLater)));
        }

        output.WriteLine(sweep.ToString());
    }

    private static Task<ScriptRun> RunAsync(Script script, Disk disk)
        => ScriptRun.WholeAsync(script, disk, new CommitLog(), new Witness(() => disk.Position, TierContent.Empty));
}
