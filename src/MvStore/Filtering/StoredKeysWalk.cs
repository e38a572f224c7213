using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.Filtering;

/// <summary>
/// Walks over the keys of the persistent tier in the background, when that is asked for, and adds them to the filter: page by page, each a read of its own, so that nothing is held in
/// between; after each it rests for as long as the page took. A page sees the tier as it is then; what is written behind it comes through the flusher (I31). A walk that fails is
/// logged and leaves every key possible.
/// </summary>
internal sealed class StoredKeysWalk(StoredKeys keys, TierReads tier, PersistenceOptions options, TimeProvider time, ILogger logger)
    : IDisposable
{
    // Everything: which entry of a key is met does not matter.
    private static readonly TierView Everything = new(CommitVersion.Latest, NativeEntry.HiddenSequence - 1);

    private readonly CancellationTokenSource _stop = new();

    // Guards the two fields below.
    private readonly Lock _starting = new();

    // Owned by _starting: all walks that were begun.
    private Task _walks = Task.CompletedTask;

    // Owned by _starting; never reset.
    private bool _isStopped;

    /// <summary>Lets walks begin when they are asked for.</summary>
    public void Start() => keys.UseWalks(Begin);

    /// <summary>Ends the walk at its next page, and begins none any more.</summary>
    /// <returns>Completes when it has ended; never fails.</returns>
    public Task StopAsync()
    {
        lock (_starting)
        {
            _isStopped = true;
            _stop.Cancel();
            return _walks;
        }
    }

    public void Dispose() => _stop.Dispose();

    private void Begin()
    {
        lock (_starting)
        {
            if (!_isStopped && keys.BeginWalk() is { } filter)
            {
                _walks = Task.WhenAll(_walks, Task.Run(() => RunAsync(filter)));
            }
        }
    }

    private async Task RunAsync(KeyFilter filter)
    {
        try
        {
            await WalkAsync(filter).ConfigureAwait(false);
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            // The store is closing, or has closed the tier under a walk that it no longer waited for.
        }
        catch (Exception e)
        {
            // Whatever it is, it is a read that failed: the store does not need it.
            keys.GiveUp(filter);
            Log.StoredKeysGivenUp(logger, e);
        }
    }

    private async ValueTask WalkAsync(KeyFilter filter)
    {
        TierPosition? after = null;
        do
        {
            var began = time.GetTimestamp();
            var scan = new TierScan(
                KeyRange.All, Everything, TierScanMode.Newest, ScanDirection.Forward, options.ReadPageRows, options.MaxExaminedPerRead, after)
            {
                MaxBytes = options.ReadPageBytes,
            };
            var page = await tier.ScanAsync(scan, _stop.Token).ConfigureAwait(false);
            if (!keys.AddWalked(filter, page.Rows))
            {
                Log.StoredKeysGivenUp(logger, null);
                return;
            }

            after = page.Next;
            await RestAsync(time.GetElapsedTime(began)).ConfigureAwait(false);
        }
        while (after is not null);

        if (keys.Complete(filter))
        {
            Log.StoredKeysKnown(logger, filter.Bytes);
        }
    }

    private async ValueTask RestAsync(TimeSpan pause)
    {
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
        }
        else
        {
            await Task.Yield();
        }
    }
}
