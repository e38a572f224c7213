using Microsoft.Extensions.Logging;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Filtering;
using MvStore.Flushing;
using MvStore.GarbageCollection;
using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Closes a store (contract D9): no new commits, and none waits for memory any more; those in flight are published; what waits is flushed, within a time limit; the loops end; the
/// tier is closed. Whatever goes wrong, everything is released, and then the loss is told.
/// </summary>
internal sealed class StoreShutdown(
    StoreParts parts,
    CommitSequencer sequencer,
    IDisposable buffer,
    PacingStage pacing,
    ReclamationLoop reclamation,
    StoredKeysWalk? walk,
    StoreTimes times,
    FlushingStage? flushing,
    Flusher? flusher,
    CommitLog? log,
    LogRemembrance? remembrance,
    FlushEventHub flushEvents,
    ListenerPumps listeners,
    FailureLatch failure,
    ILogger logger)
{
    private readonly TimeSpan _limit = parts.Options.Flush.DisposeTimeout;

    /// <summary>Closes the store.</summary>
    /// <exception cref="FlushTimeoutException">Not everything could be flushed in time.</exception>
    /// <exception cref="StoreFailedException">The store had failed, and commits are lost that nobody waited for.</exception>
    public async Task RunAsync()
    {
        await pacing.DisposeAsync().ConfigureAwait(false);
        await sequencer.CloseAsync().ConfigureAwait(false);
        times.Dispose();
        var isQuiet = await StopReclamationAsync().ConfigureAwait(false);
        await StopWalkAsync().ConfigureAwait(false);
        var lost = flusher is null ? null : await CloseTierAsync(flusher, isQuiet ? times.Keeper : null).ConfigureAwait(false);
        if (flusher is null)
        {
            buffer.Dispose();
        }

        flushEvents.Complete();
        listeners.Complete();
        await listeners.FinishAsync(_limit, parts.TimeProvider, logger).ConfigureAwait(false);
        Log.StoreClosed(logger, parts.Options.Name);
        if (lost is not null)
        {
            throw lost;
        }
    }

    /// <returns>Whether it has stopped.</returns>
    private async Task<bool> StopReclamationAsync()
    {
        try
        {
            await reclamation.StopAsync().WaitAsync(_limit, parts.TimeProvider).ConfigureAwait(false);
            reclamation.Dispose();
            return true;
        }
        catch (TimeoutException e)
        {
            // A step is stuck inside the tier. The flush has its own limit.
            Log.ReclamationAbandoned(logger, e);
            return false;
        }
    }

    private async Task StopWalkAsync()
    {
        if (walk is null)
        {
            return;
        }

        try
        {
            await walk.StopAsync().WaitAsync(_limit, parts.TimeProvider).ConfigureAwait(false);
            walk.Dispose();
        }
        catch (TimeoutException e)
        {
            // A page is stuck inside the tier. The flush has its own limit.
            Log.WalkAbandoned(logger, e);
        }
    }

    private async ValueTask StoreTimesAsync(VersionTimesKeeper keeper)
    {
        try
        {
            await keeper.StoreAsync(CancellationToken.None).AsTask().WaitAsync(_limit, parts.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Nothing is lost that was promised: less exact times keep more history.
            Log.TimesNotStored(logger, e);
        }
    }

    private async Task<Exception?> CloseTierAsync(Flusher running, VersionTimesKeeper? keeper)
    {
        // The log first: then everything is on disk, and nothing keeps the flusher from going on.
        var logged = log?.StopAsync() ?? Task.CompletedTask;
        running.RequestEnd();
        var ended = Task.WhenAll(running.Completion, logged);
        try
        {
            await ended.WaitAsync(_limit, parts.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            running.Abandon();
            log?.GiveUp();
            var late = flushing!.Queue.Count;
            var timeout = new FlushTimeoutException(_limit, late, flushing.Mark.LastFailure);
            flushing.Mark.Close(timeout);
            log?.Writer.Close(timeout);

            // An attempt may still be running inside the tier. The tier is closed when it returns, which is not waited for.
            _ = ReleaseWhenEndedAsync(ended, running);
            return late > 0 ? timeout : null;
        }

        var unflushed = flushing!.Queue.Count;
        var closed = new ObjectDisposedException(nameof(IMultiVersionStore));
        flushing.Mark.Close(closed);
        log?.Writer.Close(closed);
        if (unflushed == 0 && failure.Cause is null && remembrance is not null)
        {
            await remembrance.EndAsync(_limit).ConfigureAwait(false);
        }

        if (keeper is not null && failure.Cause is null)
        {
            await StoreTimesAsync(keeper).ConfigureAwait(false);
        }

        await ReleaseAsync(running).ConfigureAwait(false);
        return unflushed > 0 && failure.Cause is { } cause ? new StoreFailedException(cause) : null;
    }

    private async Task ReleaseWhenEndedAsync(Task ended, Flusher running)
    {
        await ended.ConfigureAwait(false);
        await ReleaseAsync(running).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(Flusher running)
    {
        // Flusher and log read rows where they lie, so memory goes after they have ended. Who is still inside a read keeps what it reads.
        buffer.Dispose();
        running.Dispose();
        flushing!.Queue.Dispose();
        log?.Dispose();
        try
        {
            await parts.Tier!.DisposeAsync().AsTask().WaitAsync(_limit, parts.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.TierCloseFailed(logger, parts.Options.Name, e);
        }
    }
}
