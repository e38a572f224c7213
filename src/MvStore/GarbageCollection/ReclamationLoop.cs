using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.GarbageCollection;

/// <summary>
/// Runs reclamation at an interval. A transient failure, or one of a strategy, is logged and the next tick tries again; any other stops the store for writing
/// (I9).
/// </summary>
internal sealed class ReclamationLoop(Reclaimer reclaimer, TimeSpan interval, FailureLatch failure, TimeProvider time, ILogger logger)
    : IDisposable
{
    // The shortest period a timer accepts.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Starts the loop, unless the interval is infinite.</summary>
    public void Start()
    {
        if (interval != Timeout.InfiniteTimeSpan)
        {
            _loop = Task.Run(RunAsync);
        }
    }

    /// <summary>Ends the loop.</summary>
    /// <returns>Completes when it has ended; never fails.</returns>
    public Task StopAsync()
    {
        _stop.Cancel();
        return _loop;
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(interval < Shortest ? Shortest : interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await RunOnceAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The store is closing.
        }
        catch (Exception e)
        {
            failure.TrySet(e);
            Log.StoreFailed(logger, e);
        }
    }

    private async ValueTask RunOnceAsync()
    {
        try
        {
            await reclaimer.RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (PersistentTierException e) when (e.Failure == TierFailure.Transient)
        {
            Log.ReclamationFailed(logger, e);
        }
        catch (GarbageCollectionStrategyException e)
        {
            Log.ReclamationFailed(logger, e);
        }
    }
}
