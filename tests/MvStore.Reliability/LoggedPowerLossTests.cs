using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
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
    private const int Survivals = 6;

    [Theory]
    [InlineData(nameof(LoggedScripts.Everything), 1)]
    [InlineData(nameof(LoggedScripts.Recycling), 3)]
    public async Task D3_PointsOfAFixedScriptWithALog(string name, int stride)
    {
        var script = name == nameof(LoggedScripts.Everything) ? LoggedScripts.Everything : LoggedScripts.Recycling;
        var sweep = new Sweep();
        using var disk = new Disk(Folder.Create(), []);
        var run = await ScriptRun.WholeAsync(script, disk);
        var images = await sweep.RunInPortionsAsync(disk.History, run, script, Effort.Of(6, 200), Effort.Of(stride, 1));
        output.WriteLine($"{script}: {sweep}, {images} at each that is not synced");
        sweep.Failures.Should().BeEmpty();
        FilesUsedAgain(disk.History).Should().BeGreaterThan(name == nameof(LoggedScripts.Recycling) ? 3 : -1, "segments are used again while the power fails");
    }

    [Fact]
    public async Task D3_EveryPointOfRandomScriptsWithALog()
    {
        var cuts = new PowerCuts(Effort.Seeds(FirstSeed, 4, 250), LoggedScripts.From, Effort.Of(6, 24), nameof(D3_EveryPointOfRandomScriptsWithALog));
        output.WriteLine($"{await cuts.AtEveryPointAsync()}");
    }

    [Fact]
    public async Task D3_CrashDuringRecoveryOfLogAndTier()
    {
        var cuts = new PowerCuts(Effort.Seeds(FirstSeed, 2, 100), LoggedScripts.From, Effort.Of(6, 8), nameof(D3_CrashDuringRecoveryOfLogAndTier));
        output.WriteLine($"{await cuts.DuringRecoveryAsync(Survivals, Effort.Of(3, 10))}");
    }

    [Fact]
    public async Task D3_WhatTheLogHadAtAKillStaysWhenThePowerFailsLater()
    {
        var cuts = new PowerCuts(
            Effort.Seeds(FirstSeed, 2, 100), LoggedScripts.From, Effort.Of(6, 8), nameof(D3_WhatTheLogHadAtAKillStaysWhenThePowerFailsLater));
        output.WriteLine($"{await cuts.AfterAKillAsync(static (log, point) => log.AfterKillAt(point), Effort.Of(3, 10))}");
    }

    [Fact]
    public async Task D3_AFileThatAKilledOwnerMadeOutlivesALaterPowerCut()
    {
        var script = LoggedScripts.Recycling;
        var sweep = new Sweep();
        using var disk = new Disk(Folder.Create(), []);
        var run = await ScriptRun.WholeAsync(script, disk);
        var changes = disk.History.Changes;
        var made = Enumerable.Range(0, changes.Count).Where(i => changes[i].Kind == ChangeKind.Create && changes[i].File.EndsWith(".mvlog", StringComparison.Ordinal)).ToArray();
        made.Should().HaveCountGreaterThan(1);
        foreach (var point in made.Skip(1).SelectMany(i => Enumerable.Range(i + 1, 4)))
        {
            // Before the directory was synced. The file is there for the next process, which goes on with it.
            using var second = new Disk(Folder.Create(), disk.History.Until(point));
            var reopened = await run.RecoverAsync(point, second, run.Log.AfterKillAt(point), variant: 1);
            await sweep.RunAsync(second.History, reopened, script, seed: point, images: 6, from: point, stride: Effort.Of(9, 1));
        }

        output.WriteLine(sweep.ToString());
        sweep.Failures.Should().BeEmpty();
    }

    // Headers of segments that were written beyond the first one of each file; opening writes the last segment again, which is not one of these.
    private static int FilesUsedAgain(DiskHistory history)
        => history.Changes.Count(c => c is { Kind: ChangeKind.Write, Number: 0, Data.Length: Sector } && c.File.EndsWith(".mvlog", StringComparison.Ordinal))
            - history.Changes.Count(c => c.Kind == ChangeKind.Create && c.File.EndsWith(".mvlog", StringComparison.Ordinal));
}
