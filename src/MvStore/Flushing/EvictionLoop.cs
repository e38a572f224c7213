using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.Flushing;

/// <summary>
/// Evicts when memory is short, beside the flusher, which may be held up by the persistent tier for long. Woken through a channel of one place: who asks never
/// waits. It measures anew only after it freed something, so that it cannot wake itself for nothing.
/// </summary>
internal sealed class EvictionLoop(FailureLatch failure, ILogger logger) : IDisposable
{
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Starts the loop.</summary>
    /// <param name="budget">Evicts.</param>
    /// <param name="room">Knows how much is wanted, and is told when there is more.</param>
    public void Start(BufferBudget budget, IRoom room) => _loop = Task.Run(() => RunAsync(budget, room));

    /// <summary>Asks for room. Any thread; never waits.</summary>
    public void Wake() => _wakeUps.Writer.TryWrite(true);

    /// <summary>Ends the loop at its next step.</summary>
    /// <returns>Completes when it has ended; never fails.</returns>
    public Task StopAsync()
    {
        _wakeUps.Writer.TryComplete();
        _stop.Cancel();
        return _loop;
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(BufferBudget budget, IRoom room)
    {
        try
        {
            while (await _wakeUps.Reader.WaitToReadAsync().ConfigureAwait(false) && !_stop.IsCancellationRequested)
            {
                // Taken before it looks, so that what asks from here on wakes it again.
                _wakeUps.Reader.TryRead(out _);
                if (budget.Enforce(room.WantedBytes(StallReason.Memory), _stop.Token))
                {
                    room.Remeasure();
                }
            }
        }
        catch (Exception e)
        {
            failure.TrySet(e);
            Log.StoreFailed(logger, e);
            room.Remeasure();
        }
    }
}
