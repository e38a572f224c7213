using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;

namespace MvStore.Reliability.PowerLoss;

/// <summary>Runs one script for each seed, cuts the power during the runs, and tells what is wrong with what is left.</summary>
/// <param name="seeds">What the scripts are drawn from.</param>
/// <param name="scriptOf">Draws one.</param>
/// <param name="images">How many images at each point.</param>
/// <param name="test">The test: how a failure of a seed is seen again.</param>
internal sealed class PowerCuts(IEnumerable<int> seeds, Func<int, Script> scriptOf, int images, string test)
{
    /// <summary>The power fails at every point.</summary>
    public Task<Sweep> AtEveryPointAsync()
        => EachAsync((sweep, script, seed, disk, run) => sweep.RunAsync(disk.History, run, script, seed, images));

    /// <summary>The power fails at any point, and again at every point of the recovery.</summary>
    /// <param name="survivals">How many ways to survive the first cut are tried in turn.</param>
    /// <param name="recoveries">How many recoveries of each script.</param>
    public Task<Sweep> DuringRecoveryAsync(int survivals, int recoveries)
        => EachAsync(async (sweep, script, seed, disk, run) =>
        {
            var random = new Random(seed);
            var history = disk.History;
            for (var i = 0; i < recoveries; i++)
            {
                var point = random.Next(history.Changes.Count + 1);
                var image = DiskModel.After(history.Until(point)).Image((Survival)(i % survivals), random);
                using var second = new Disk(Folder.Create(), image);
                var recovered = await run.RecoverAsync(point, second, run.Log.AfterCutAt(point), variant: i);
                await sweep.RunAsync(second.History, recovered, script, seed + i, images);
            }
        });

    /// <summary>The process is killed at any point, and the power fails at every point of what comes next.</summary>
    /// <param name="known">What the application knows after a kill.</param>
    /// <param name="kills">How many kills of each script.</param>
    public Task<Sweep> AfterAKillAsync(Func<CommitLog, int, CommitLog> known, int kills)
        => EachAsync(async (sweep, script, seed, disk, run) =>
        {
            var random = new Random(seed);
            var history = disk.History;
            for (var i = 0; i < kills; i++)
            {
                var point = random.Next(history.Changes.Count + 1);
                using var second = new Disk(Folder.Create(), history.Until(point));
                var reopened = await run.RecoverAsync(point, second, known(run.Log, point), variant: i);
                await sweep.RunAsync(second.History, reopened, script, seed + i, images, from: point);
            }
        });

    private async Task<Sweep> EachAsync(Func<Sweep, Script, int, Disk, ScriptRun, Task> cut)
    {
        var sweep = new Sweep();
        foreach (var seed in seeds)
        {
            var script = scriptOf(seed);
            using var disk = new Disk(Folder.Create(), []);
            await cut(sweep, script, seed, disk, await ScriptRun.WholeAsync(script, disk));
            sweep.Failures.Should().BeEmpty("otherwise: {0}", Effort.Replay(seed, test));
        }

        return sweep;
    }
}
