using Microsoft.Extensions.Logging;

namespace MvStore.Hosting.Running;

/// <summary>
/// Closes a store once (contract D9): flushes while it can still be asked what is left, within a limit, then disposes it. What could not be brought to the persistent tier is logged, and
/// thrown to whoever began; everyone else only waits. Any thread.
/// </summary>
internal sealed class StoreClosing(IMultiVersionStore store, string label, TimeSpan limit, TimeProvider time, ILogger logger)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Owner: the first to close, by exchange (full fence).
    private int _begun;

    /// <summary>Closes the store, or waits until it is closed.</summary>
    /// <param name="cancellationToken">The host waits no longer. Closing goes on behind its back, and tells the log how it ended.</param>
    /// <exception cref="FlushTimeoutException">Not everything could be flushed in time.</exception>
    /// <exception cref="StoreFailedException">The store had failed, and commits are lost that nobody waited for.</exception>
    /// <exception cref="TimeoutException">The host's time was over first.</exception>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0)
        {
            await _ended.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            await DisposeAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await store.FlushAsync(either.Token).ConfigureAwait(false);
        }
        catch (DurabilityUnavailableException)
        {
            // In memory only: there is nowhere to flush to, and nobody was promised anything.
        }
        catch (ObjectDisposedException)
        {
            // Somebody has disposed it already. Disposing it again says how that ended.
        }
        catch (Exception e) when (e is DurabilityWaitCanceledException or StoreFailedException)
        {
            ReportLeft(e);
        }
    }

    private void ReportLeft(Exception reason)
    {
        try
        {
            var now = store.GetStatistics();
            var undurable = now.PublishedSequence - Math.Min(now.PublishedSequence, now.DurableSequence);
            Log.NotFlushed(logger, label, limit, now.UnflushedCommits, now.UnflushedBytes, undurable, reason);
        }
        catch (ObjectDisposedException)
        {
            // Somebody disposes it at the same time. Disposing it again says how that ended.
        }
    }

    private async Task DisposeAsync(CancellationToken cancellationToken)
    {
        var disposal = store.DisposeAsync().AsTask();
        await disposal.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!disposal.IsCompleted)
        {
            Log.ClosingAbandoned(logger, label);
            _ = ReportEndAsync(disposal);
            throw new TimeoutException($"{label} was still closing when the time of the host's shutdown was over.");
        }

        try
        {
            await disposal.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.ClosedWithLoss(logger, label, e.Message, e);
            throw;
        }
    }

    private async Task ReportEndAsync(Task disposal)
    {
        try
        {
            await disposal.ConfigureAwait(false);
            Log.ClosedAfterAll(logger, label);
        }
        catch (Exception e)
        {
            Log.ClosedWithLoss(logger, label, e.Message, e);
        }
    }
}
