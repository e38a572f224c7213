using System.Diagnostics;

namespace MvStore.Reliability.Soak;

/// <summary>
/// The writers of a process: each commits on its own, one commit after the other; after each round they wait for one another, and for the time of the round, so that the load is even.
/// </summary>
internal sealed class SoakWriters(IMultiVersionStore store, SoakPlan plan, SoakSettings settings, SoakOutput output)
{
    /// <summary>Commits until it is told to stop, at the end of a round.</summary>
    /// <param name="view">What is there already.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(SoakView view, CancellationToken stop)
    {
        ulong[] done = [.. Enumerable.Range(0, SoakPlan.Writers).Select(view.LastOf)];
        var end = done.Min() / SoakPlan.Round * SoakPlan.Round;
        while (!stop.IsCancellationRequested)
        {
            var begin = Stopwatch.GetTimestamp();
            end += SoakPlan.Round;
            await Task.WhenAll(Enumerable.Range(0, SoakPlan.Writers).Select(writer => Task.Run(() => RoundAsync(writer, done[writer], end), CancellationToken.None)));
            Array.Fill(done, end);
            await RestAsync(settings.RoundTime - Stopwatch.GetElapsedTime(begin), stop);
        }
    }

    /// <summary>Waits, until the time or everything is over. A soak is about time: nowhere else does a test wait for the clock.</summary>
    public static async Task RestAsync(TimeSpan time, CancellationToken stop)
    {
        if (time < TimeSpan.FromMilliseconds(1))
        {
            return;
        }

        using var timer = new PeriodicTimer(time);
        try
        {
            await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task RoundAsync(int writer, ulong done, ulong end)
    {
        var batch = new WriteBatch();
        for (var commit = done + 1; commit <= end; commit++)
        {
            plan.Fill(batch, writer, commit);
            var durability = plan.DurabilityOf(writer, commit, settings.HasLog);
            var receipt = await store.CommitAsync(batch, SoakPlan.VersionOf(writer, commit), durability);
            output.Told(durability, writer, commit, receipt.Sequence);
        }
    }
}
