using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// A sync fails once, and the kernel drops what it could not write; the application closes the store, opens it again and goes on. The power
/// is then cut at later points: what was acknowledged, before and after the failure, is there (contract D4).
/// </summary>
public sealed class FailedSyncTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(Loss.Visible))]
    [InlineData(nameof(Loss.Hidden))]
    public Task D4_EachSyncFailsOnceAndTheApplicationRetries(string loss)
        => RetriedAsync(Enum.Parse<Loss>(loss), OperationKind.Sync, FixedScripts.Checkpoints, FixedScripts.Everything);

    /// <summary>The syncs of a commit log before SQLite.</summary>
    [Theory]
    [InlineData(nameof(Loss.Visible))]
    [InlineData(nameof(Loss.Hidden))]
    public Task D4_EachSyncOfTheLogFailsOnceAndTheApplicationRetries(string loss)
        => RetriedAsync(Enum.Parse<Loss>(loss), OperationKind.LogSync, LoggedScripts.Short, LoggedScripts.Everything);

    private async Task RetriedAsync(Loss loss, OperationKind kind, params IReadOnlyList<Script> scripts)
    {
        var sweep = new Sweep();
        var failed = 0;
        var hasTime = Effort.Time();
        foreach (var script in scripts)
        {
            for (var index = 0; index == 0 || hasTime(); index++)
            {
                using var disk = new Disk(Folder.Create(), []);
                disk.Arm(new Fault(kind, ResultCode.Sync, index, ForGood: false) { Loss = loss });
                await using var run = new ScriptRun(script, disk, new CommitLog(), new Witness(() => disk.Position, TierContent.Empty));
                await RetryingAsync(run, script, sweep, $"{script}, sync #{index} fails");
                if (!disk.HasFailed)
                {
                    break;
                }

                failed++;
                await sweep.RunAsync(disk.History, run, script, index, Effort.Of(2, 4), disk.FailedAt + 1, Effort.Of(12, 1));
            }
        }

        output.WriteLine($"{loss} loss: {failed} syncs failed, {sweep}");
        failed.Should().BePositive();
        sweep.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task D4_EachSyncFailsOnceAndTheProcessIsKilled()
    {
        var sweep = new Sweep();
        var failed = 0;
        var hasTime = Effort.Time();
        foreach (var script in new[] { FixedScripts.Checkpoints, FixedScripts.Everything })
        {
            for (var index = 0; index == 0 || hasTime(); index++)
            {
                using var disk = new Disk(Folder.Create(), []);
                disk.Arm(new Fault(OperationKind.Sync, ResultCode.Sync, index, ForGood: false) { Loss = Loss.Hidden });
                await using var run = new ScriptRun(script, disk, new CommitLog(), new Witness(() => disk.Position, TierContent.Empty));
                await UntilFailureAsync(run, script, disk);
                if (!disk.HasFailed)
                {
                    break;
                }

                failed++;
                var kill = disk.FailedAt + 1;
                using var second = new Disk(Folder.Create(), disk.History.Until(kill));
                var reopened = await run.RecoverAsync(kill, second, run.Log.AfterCutAt(kill), variant: index);
                await sweep.RunAsync(second.History, reopened, script, index, Effort.Of(2, 4), kill, Effort.Of(6, 1));
            }
        }

        output.WriteLine($"{failed} syncs failed, {sweep}");
        sweep.Failures.Should().BeEmpty();
    }

    private static async Task UntilFailureAsync(ScriptRun run, Script script, Disk disk)
    {
        try
        {
            await run.OpenAsync();
            foreach (var step in script.Steps.TakeWhile(_ => !disk.HasFailed))
            {
                await run.StepAsync(step, CancellationToken.None);
            }

            if (!disk.HasFailed)
            {
                await run.CloseAsync();
            }
        }
        catch (Exception e) when (e is StoreFailedException or PersistentTierException)
        {
            // The process is killed here.
        }
    }

    private static async Task RetryingAsync(ScriptRun run, Script script, Sweep sweep, string what)
    {
        try
        {
            await OpenAsync(run);
            foreach (var step in script.Steps)
            {
                await StepAsync(run, step);
            }

            await CloseAsync(run);
        }
        catch (Exception e)
        {
            sweep.Fail($"{what}: {e.GetType().Name}: {e.Message}");
        }
    }

    private static async Task StepAsync(ScriptRun run, Step step)
    {
        try
        {
            await run.StepAsync(step, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreFailedException or PersistentTierException or CommitLogException)
        {
            await CloseAsync(run);
            await OpenAsync(run);
            if (step.Kind == StepKind.Reopen || (step.Version > 0 && run.Log.Has(step.Version)))
            {
                return;
            }

            // Commits that were only visible are gone with the memory they were in: so the versions of later ones are still free.
            await run.StepAsync(step, CancellationToken.None);
        }
    }

    private static async Task OpenAsync(ScriptRun run)
    {
        try
        {
            await run.OpenAsync();
        }
        catch (Exception e) when (e is PersistentTierException or CommitLogException)
        {
            await run.OpenAsync();
        }
    }

    private static async Task CloseAsync(ScriptRun run)
    {
        try
        {
            await run.CloseAsync();
        }
        catch (StoreFailedException)
        {
            // Commits are lost that nobody waited for, as said.
        }
    }
}
