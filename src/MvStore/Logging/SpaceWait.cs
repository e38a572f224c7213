using Microsoft.Extensions.Logging;
using MvStore.Diagnostics;

namespace MvStore.Logging;

/// <summary>
/// Repeats an operation of the log while the disk is full, with growing pauses. It blocks the thread that has the writer's turn: a commit half written is gone on with where it
/// was left.
/// </summary>
/// <param name="first">The first pause; doubled for each further one.</param>
/// <param name="longest">The longest pause.</param>
/// <param name="time">The clock.</param>
/// <param name="stalled">Is told when it begins to wait, with the reason, and with null when it is over.</param>
/// <param name="logger">Where waits are noted.</param>
internal sealed class SpaceWait(TimeSpan first, TimeSpan longest, TimeProvider time, Action<CommitLogException?> stalled, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Runs an operation until the disk has room for it.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public void Run(Action operation)
    {
        var pause = first;
        for (var attempt = 1; ; attempt++)
        {
            Task paused;
            try
            {
                operation();
                if (attempt > 1)
                {
                    stalled(null);
                }

                return;
            }
            catch (CommitLogException e) when (e.Failure == TierFailure.Transient)
            {
                // The pause begins before anyone is told of it: whoever then moves the clock ends it.
                paused = Task.Delay(pause, time, _stop.Token);
                stalled(e);
                Log.LogStalled(logger, attempt, e);
            }

            paused.GetAwaiter().GetResult();
            pause = pause * 2 < longest ? pause * 2 : longest;
        }
    }

    /// <summary>Ends every wait, now and later. Any thread.</summary>
    public void GiveUp() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();
}
