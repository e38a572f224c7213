using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// The same with a commit log before SQLite: the files of both are on one disk, which writes down in one order what happens to them. After a power cut the two
/// together hold exactly the first publications, down to the last one that was acknowledged (contract D3, A10).
/// </summary>
public sealed class LoggedPowerLossTests(ITestOutputHelper output)
{
    private const int FirstSeed = 5_000;
    private const int Sector = 512;

    [Theory]
    [InlineData(nameof(LoggedScripts.Everything), 1)]
    [InlineData(nameof(LoggedScripts.Recycling), 3)]
    public async Task D3_PointsOfAFixedScriptWithALog(string name, int stride)
    {
        var script = name == nameof(LoggedScripts.Everything) ? LoggedScripts.Everything : LoggedScripts.Recycling;
        var sweep = new Sweep();
        using var disk = new Disk(Folder.Create(), []);
        var run = await RunAsync(script, disk);
        await sweep.RunAsync(disk.History, run, script, seed: 1, Effort.Of(6, 200), stride: Effort.Of(stride, 1));
        output.WriteLine($"{script}: {sweep}");
        sweep.Failures.Should().BeEmpty();
        FilesUsedAgain(disk.History).Should().BeGreaterThan(name == nameof(LoggedScripts.Recycling) ? 3 : -1, "segments are used again while the power fails");
    }

    [Fact]
    public async Task D3_EveryPointOfRandomScriptsWithALog()
    {
        var sweep = new Sweep();
        foreach (var seed in Effort.Seeds(FirstSeed, 4, 250))
        {
            var script = LoggedScripts.From(seed);
            using var disk = new Disk(Folder.Create(), []);
            var run = await RunAsync(script, disk);
            await sweep.RunAsync(disk.History, run, script, seed, Effort.Of(6, 24));
            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, nameof(D3_EveryPointOfRandomScriptsWithALog)));
        }

        output.WriteLine(sweep.ToString());
    }

    [Fact]
    public async Task D3_CrashDuringRecoveryOfLogAndTier()
    {
        var sweep = new Sweep();
        var recoveries = 0;
        foreach (var seed in Effort.Seeds(FirstSeed, 2, 100))
        {
            var script = LoggedScripts.From(seed);
            var random = new Random(seed);
            using var disk = new Disk(Folder.Create(), []);
            var run = await RunAsync(script, disk);
            var history = disk.History;
            for (var i = 0; i < Effort.Of(3, 10); i++)
            {
                var point = random.Next(history.Changes.Count + 1);
                var image = DiskModel.After(history.Until(point)).Image((Survival)(i % 6), random);
                using var second = new Disk(Folder.Create(), image);
                var recovered = await ScriptRun.WholeAsync(
                    RandomScript.Recovery(script, i),
                    second,
                    run.Log.AfterCutAt(point),
                    new Witness(() => second.Position, run.Witness.PossibleAt(point)));
                await sweep.RunAsync(second.History, recovered, script, seed + i, Effort.Of(6, 8));
                recoveries++;
            }

            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, nameof(D3_CrashDuringRecoveryOfLogAndTier)));
        }

        output.WriteLine($"{sweep}, during {recoveries} recoveries");
    }

    [Fact]
    public async Task D3_WhatTheLogHadAtAKillStaysWhenThePowerFailsLater()
    {
        var sweep = new Sweep();
        foreach (var seed in Effort.Seeds(FirstSeed, 2, 100))
        {
            var script = LoggedScripts.From(seed);
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
                    run.Log.AfterKillAt(point),
                    new Witness(() => second.Position, run.Witness.PossibleAt(point)));
                await sweep.RunAsync(second.History, reopened, script, seed + i, Effort.Of(6, 8), from: point);
            }

            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, nameof(D3_WhatTheLogHadAtAKillStaysWhenThePowerFailsLater)));
        }

        output.WriteLine(sweep.ToString());
    }

    [Fact]
    public async Task D3_AFileThatAKilledOwnerMadeOutlivesALaterPowerCut()
    {
        var script = LoggedScripts.Recycling;
        var sweep = new Sweep();
        using var disk = new Disk(Folder.Create(), []);
        var run = await RunAsync(script, disk);
        var changes = disk.History.Changes;
        var made = Enumerable.Range(0, changes.Count).Where(i => changes[i].Kind == ChangeKind.Create && changes[i].File.EndsWith(".mvlog", StringComparison.Ordinal)).ToArray();
        made.Should().HaveCountGreaterThan(1);
        foreach (var point in made.Skip(1).SelectMany(i => Enumerable.Range(i + 1, 4)))
        {
            // Before the directory was synced. The file is there for the next process, which goes on with it.
            using var second = new Disk(Folder.Create(), disk.History.Until(point));
            var reopened = await ScriptRun.WholeAsync(
                RandomScript.Recovery(script, 1),
                second,
                run.Log.AfterKillAt(point),
                new Witness(() => second.Position, run.Witness.PossibleAt(point)));
            await sweep.RunAsync(second.History, reopened, script, seed: point, images: 6, from: point);
        }

        output.WriteLine(sweep.ToString());
        sweep.Failures.Should().BeEmpty();
    }

    // Headers of segments that were written beyond the first one of each file; opening writes the last segment again, which is not one of these.
    private static int FilesUsedAgain(DiskHistory history)
        => history.Changes.Count(c => c is { Kind: ChangeKind.Write, Number: 0, Data.Length: Sector } && c.File.EndsWith(".mvlog", StringComparison.Ordinal))
            - history.Changes.Count(c => c.Kind == ChangeKind.Create && c.File.EndsWith(".mvlog", StringComparison.Ordinal));

    private static Task<ScriptRun> RunAsync(Script script, Disk disk)
        => ScriptRun.WholeAsync(script, disk, new CommitLog(), new Witness(() => disk.Position, TierContent.Empty));
}
