using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;

namespace MvStore.Reliability.Faults;

/// <summary>
/// Runs a script on a disk that fails, in one way or in several. Every step may end with an exception of the contract, and with no other; answers are right or not
/// given; a store that cannot be opened is tried again at the next step. The power is cut, and, on another copy of the disk, the store is
/// closed, the disk heals, and the store is opened again: both must hold what was acknowledged.
/// </summary>
internal sealed class FaultRun(Script script, params IReadOnlyList<Fault> faults)
{
    private readonly CommitLog _log = new();

    /// <summary>How many of the faults came to pass.</summary>
    public int Happened { get; private set; }

    // The log waits until there is room, for as long as it takes.
    private bool HasFullLog => faults.Any(IsFullLog);

    public override string ToString() => $"{script}: {string.Join(", then ", faults)}";

    public async Task RunAsync()
    {
        using var disk = new Disk(Folder.Create(), []);
        using var watch = new StuckWatch();
        disk.Arm(faults);
        if (HasFullLog)
        {
            disk.OnFailure = watch.OnRefused;
        }

        await using (var run = new ScriptRun(script, disk, _log, new Witness(() => disk.Position, TierContent.Empty)) { Listener = watch })
        {
            await StepsAsync(run, disk, watch);
            await PowerCutAsync(run, disk, Survival.None, Survival.All, Survival.Subset);
            HealIfClosingWouldWait(run, disk);
            await TryAsync(run.CloseAsync, CancellationToken.None);
            Happened = disk.CountOfMet;

            // The process ends, the power stays: the store must open, and answer.
            disk.Arm();
            await run.OpenAsync();
            await run.CloseAsync();
            await PowerCutAsync(run, disk, Survival.None);
        }
    }

    private async Task StepsAsync(ScriptRun run, Disk disk, StuckWatch watch)
    {
        await TryAsync(run.OpenAsync, CancellationToken.None);
        foreach (var step in script.Steps)
        {
            if (!run.IsOpen)
            {
                await TryAsync(run.OpenAsync, CancellationToken.None);
            }

            if (!run.IsOpen)
            {
                continue;
            }

            if (step.Kind == StepKind.Reopen)
            {
                HealIfClosingWouldWait(run, disk);
                await TryAsync(run.CloseAsync, CancellationToken.None);
                disk.Arm(faults);
                continue;
            }

            var token = watch.Next();
            await TryAsync(() => run.StepAsync(step, token), token);
        }
    }

    private static bool IsFullLog(Fault fault) => fault is { Operation: OperationKind.LogWrite or OperationKind.LogCreate, Code: ResultCode.Full };

    // For as long as it is allowed to; that it then gives up is tested elsewhere.
    private void HealIfClosingWouldWait(ScriptRun run, Disk disk)
    {
        if (faults.Any(f => f.ForGood && (IsFullLog(f) || run.HasUnflushed)))
        {
            disk.Arm();
        }
    }

    private async Task PowerCutAsync(ScriptRun run, Disk disk, params IReadOnlyList<Survival> survivals)
    {
        var history = disk.History;
        var model = DiskModel.After(history);
        var checker = new ImageChecker(run, script.Settings);
        foreach (var survival in survivals)
        {
            await checker.CheckAsync(model.Image(survival, new Random(faults[0].Index)), history.Changes.Count, withStore: false);
        }

        checker.Dispose();
    }

    private async Task TryAsync(Func<Task> step, CancellationToken cancellation)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (e is PersistentTierException or CommitLogException or StoreFailedException
            || (e is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            // As the contract says.
        }
    }
}
