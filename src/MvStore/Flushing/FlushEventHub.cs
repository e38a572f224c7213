using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MvStore.Flushing;

/// <summary>
/// Hands flush events to any number of subscribers, each behind a bounded queue of its own that drops its oldest event when full: nobody can
/// delay the flusher (contract D7). Events are published by the flusher alone; subscribing is for any thread.
/// </summary>
/// <param name="observer">Is handed each event on the flusher's thread: must be quick and must not throw.</param>
internal sealed class FlushEventHub(Action<FlushEvent> observer)
{
    private const int QueueLength = 1_024;

    private readonly object _gate = new();

    // Owned by _gate.
    private readonly List<Channel<FlushEvent>> _subscribers = [];
    private bool _completed;
    private long _lastNumber;

    /// <summary>Begins to receive events.</summary>
    /// <returns>A queue to read from; hand it to <see cref="ReadAllAsync"/>.</returns>
    public Channel<FlushEvent> Subscribe()
    {
        var queue = Channel.CreateBounded<FlushEvent>(new BoundedChannelOptions(QueueLength)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
        lock (_gate)
        {
            if (_completed)
            {
                queue.Writer.Complete();
            }
            else
            {
                _subscribers.Add(queue);
            }
        }

        return queue;
    }

    private void Unsubscribe(Channel<FlushEvent> queue)
    {
        lock (_gate)
        {
            _subscribers.Remove(queue);
        }
    }

    /// <summary>The events of a subscription as a stream; ends the subscription with it.</summary>
    public async IAsyncEnumerable<FlushEvent> ReadAllAsync(
        Channel<FlushEvent> queue,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var flushEvent in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return flushEvent;
            }
        }
        finally
        {
            Unsubscribe(queue);
        }
    }

    /// <summary>Ends every subscription; what is queued can still be read.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _subscribers.ForEach(q => q.Writer.Complete());
            _subscribers.Clear();
        }
    }

    /// <summary>Tells that an attempt begins.</summary>
    public void Started(FlushSlice slice, FlushTrigger trigger, int attempt)
        => Publish(FlushStage.Started, slice, trigger, attempt, TimeSpan.Zero, null);

    /// <summary>Tells that a slice is durable.</summary>
    public void Completed(FlushSlice slice, FlushTrigger trigger, int attempt, TimeSpan duration)
        => Publish(FlushStage.Completed, slice, trigger, attempt, duration, null);

    /// <summary>Tells that an attempt failed.</summary>
    public void Failed(FlushSlice slice, FlushTrigger trigger, int attempt, TimeSpan duration, Exception error)
        => Publish(FlushStage.Failed, slice, trigger, attempt, duration, error);

    private void Publish(FlushStage stage, FlushSlice slice, FlushTrigger trigger, int attempt, TimeSpan duration, Exception? error)
    {
        FlushEvent flushEvent;
        lock (_gate)
        {
            flushEvent = new FlushEvent
            {
                Number = ++_lastNumber,
                Stage = stage,
                Trigger = trigger,
                FirstSequence = slice.Commits[0].Sequence,
                LastSequence = slice.LastSequence,
                LowestVersion = slice.LowestVersion,
                HighestVersion = slice.HighestVersion,
                Commits = slice.Commits.Count,
                Rows = slice.Rows,
                LeftOutRows = slice.LeftOut,
                Bytes = slice.Bytes,
                Attempt = attempt,
                Duration = duration,
                Error = error,
            };
            _subscribers.ForEach(q => q.Writer.TryWrite(flushEvent));
        }

        observer(flushEvent);
    }
}
