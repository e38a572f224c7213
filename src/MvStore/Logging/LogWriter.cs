using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.Logging;

/// <summary>
/// The one who appends (DESIGN.md 9, Appending). Goal: one write and one sync for everybody who waits. Outline of a step: take every commit that was published
/// since the last one; append them in that order; hand them to the operating system, and tell who waits for that; if somebody waits for the disk, sync, and tell
/// them. Nobody is told before it is so (I16). The first failure other than a full disk stops the store for writing (I9). A step is one thread's at a time: its who has
/// the turn (I54).
/// </summary>
internal sealed class LogWriter(
    LogQueue queue,
    LogAppender appender,
    LogLevel written,
    LogLevel durable,
    LogUse use,
    LogBarrier barrier,
    FailureLatch failure,
    ILogger logger)
{
    // How many commits ahead of the one that is appended memory is fetched: their rows were written by other processors.
    private const int FetchedAhead = 4;

    // Owned by the step. Two lists that take turns with the queue's.
    private List<PreparedCommit> _spare = [];

    // Owner: the step. Release store; who guesses at what comes next acquires.
    private int _lastWoken;

    /// <summary>How many the last sync let go, with who led it for them: as many will probably wait again soon. Any thread.</summary>
    public int LastWoken => Volatile.Read(ref _lastWoken);

    /// <summary>How many wait for the disk. Any thread.</summary>
    public int Waiting => durable.Waiting;

    /// <summary>Writes what was published, and syncs if somebody waits for that.</summary>
    /// <param name="always">Whether to sync although nobody waits.</param>
    /// <param name="led">Whether the thread that takes the step is itself one that would wait.</param>
    /// <returns>Whether the log can go on.</returns>
    public bool Step(bool always = false, bool led = false)
    {
        try
        {
            failure.ThrowIfSet();
            WriteWaiting();

            // Everyone who waits here waits for a publication that was in the queue before.
            if (always || durable.Waiting > 0)
            {
                appender.Sync();
                queue.MoveDurable(appender.Synced);
                var woken = durable.MoveTo(appender.Synced);
                Volatile.Write(ref _lastWoken, led && woken > 0 ? woken + 1 : woken);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            Log.LogAbandoned(logger, written.Sequence);
        }
        catch (Exception e)
        {
            if (failure.TrySet(e))
            {
                Log.StoreFailed(logger, e);
            }
        }

        if (failure.Cause is { } cause)
        {
            Close(new StoreFailedException(cause));
        }

        return false;
    }

    /// <summary>Ends every wait, now and later.</summary>
    public void Close(Exception reason)
    {
        written.Close(reason);
        durable.Close(reason);
        barrier.Wake();
    }

    private void WriteWaiting()
    {
        var commits = queue.Take(_spare);
        for (var i = 0; i < commits.Count; i++)
        {
            if (i + FetchedAhead < commits.Count)
            {
                LogAppender.Fetch(commits[i + FetchedAhead]);
            }

            appender.Append(commits[i]);
        }

        appender.Write();
        commits.Clear();
        _spare = commits;
        use.Update(appender.UsedBytes);
        queue.EndTake();
        written.MoveTo(appender.Sequence);
        barrier.Wake();
    }
}
