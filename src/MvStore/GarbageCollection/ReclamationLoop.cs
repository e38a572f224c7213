using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.GarbageCollection;

/// <summary>
/// Runs reclamation at an interval, and after a tenth of it when memory is short. A transient failure, or one of a strategy or version provider, is logged and the next tick tries again; any other stops the store for writing
/// (I9).
/// </summary>
internal sealed class ReclamationLoop(Func<CancellationToken, ValueTask<ReclamationReport>> reclaim, TimeSpan interval, FailureLatch failure, TimeProvider time, ILogger logger)
    : IDisposable
{
    // The shortest period a timer accepts.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private const int PartOfInterval = 10;

    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _interval = interval < Shortest ? Shortest : interval;
    private Task _loop = Task.CompletedTask;

    // Null when the interval is infinite, and until it was started. Owner: who starts it, once. Release store; who asks for a run acquires.
    private PeriodicTimer? _timer;

    // 1 when a run was asked for and has not begun. Interlocked exchange by everyone.
    private int _isWanted;

    /// <summary>Starts the loop, unless the interval is infinite.</summary>
    public void Start()
    {
        if (interval != Timeout.InfiniteTimeSpan)
        {
            var timer = new PeriodicTimer(_interval, time);
            _loop = Task.Run(() => RunAsync(timer));
            Volatile.Write(ref _timer, timer);
        }
    }

    /// <summary>Asks for a run soon. Any thread, until it is disposed; never waits. Without effect before it was started, and when the interval is infinite.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _timer) is { } timer && Interlocked.Exchange(ref _isWanted, 1) == 0)
        {
            var soon = _interval / PartOfInterval;
            timer.Period = soon < Shortest ? Shortest : soon;
        }
    }

    /// <summary>Ends the loop.</summary>
    /// <returns>Completes when it has ended; never fails.</returns>
    public Task StopAsync()
    {
        _stop.Cancel();
        return _loop;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _timer?.Dispose();
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                // Whoever asks from here on changes the period again.
                Interlocked.Exchange(ref _isWanted, 0);
                if (timer.Period != _interval)
                {
                    timer.Period = _interval;
                }

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
            await reclaim(_stop.Token).ConfigureAwait(false);
        }
        catch (PersistentTierException e) when (e.Failure == TierFailure.Transient)
        {
            Log.ReclamationFailed(logger, e);
        }
        catch (GarbageCollectionStrategyException e)
        {
            Log.ReclamationFailed(logger, e);
        }
        catch (VersionProviderException e)
        {
            Log.ReclamationFailed(logger, e);
        }
    }
}
