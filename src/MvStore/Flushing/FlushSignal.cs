using System.Threading.Channels;

namespace MvStore.Flushing;

/// <summary>
/// Wakes the flusher through a channel and tells why. A trigger that is already waiting is not queued again, so the channel never holds
/// more than one wake-up per trigger. It only says what to look for: by then the cause may be gone, and the queue decides
/// (<see cref="FlushQueue.TakeDue"/>).
/// </summary>
internal sealed class FlushSignal
{
    private readonly Channel<FlushTrigger> _wakeUps = Channel.CreateUnbounded<FlushTrigger>(new UnboundedChannelOptions { SingleReader = true });

    // One bit per trigger that waits in the channel. Owner: anyone sets, the flusher clears. Interlocked: full fence.
    private int _waiting;

    /// <summary>Asks for a flush. Any thread; never waits. Without effect once completed.</summary>
    public void Raise(FlushTrigger trigger)
    {
        var bit = TriggerSet.BitOf(trigger);
        if ((Interlocked.Or(ref _waiting, bit) & bit) == 0)
        {
            _wakeUps.Writer.TryWrite(trigger);
        }
    }

    /// <summary>Lets the flusher end after what is waiting.</summary>
    public void Complete() => _wakeUps.Writer.TryComplete();

    /// <summary>Waits for a trigger, and takes all that wait; null when completed and empty.</summary>
    public async ValueTask<TriggerSet?> NextAsync()
    {
        if (!await _wakeUps.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            return null;
        }

        var raised = default(TriggerSet);
        while (_wakeUps.Reader.TryRead(out var trigger))
        {
            // Cleared before the flusher looks at the queue, so that what is raised from here on wakes it again.
            Interlocked.And(ref _waiting, ~TriggerSet.BitOf(trigger));
            raised = raised.With(trigger);
        }

        return raised;
    }
}
