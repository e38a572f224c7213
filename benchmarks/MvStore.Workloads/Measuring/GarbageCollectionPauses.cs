using System.Diagnostics.Tracing;

namespace MvStore.Workloads.Measuring;

/// <summary>
/// Records the pauses of the runtime's garbage collector, from the order to stop all threads to the last restart, by the events of
/// the runtime itself.
/// </summary>
public sealed class GarbageCollectionPauses : EventListener
{
    private const int RestartEnd = 3;
    private const int SuspendEnd = 8;
    private const int SuspendBegin = 9;
    private const EventKeywords CollectorEvents = (EventKeywords)0x1;

    private readonly object _gate = new();
    private DateTime? _suspendedAt; // Owned by _gate.
    private DateTime _stoppedAt; // Owned by _gate.
    private PauseFigures _figures; // Owned by _gate.

    /// <summary>Collects the garbage that is there, so that nobody pays for that of others, and forgets what was recorded so far.</summary>
    public void Restart()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Take();
    }

    /// <summary>The pauses since the last call.</summary>
    /// <returns>What they were.</returns>
    public PauseFigures Take()
    {
        // The runtime hands its events over from another thread.
        Thread.Sleep(150);
        lock (_gate)
        {
            var taken = _figures;
            _figures = default;
            return taken;
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Informational, CollectorEvents);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        lock (_gate)
        {
            if (eventData.EventId == SuspendBegin)
            {
                _suspendedAt = _stoppedAt = eventData.TimeStamp;
            }
            else if (eventData.EventId == SuspendEnd)
            {
                _stoppedAt = eventData.TimeStamp;
            }
            else if (eventData.EventId == RestartEnd && _suspendedAt is { } begin)
            {
                _suspendedAt = null;
                _figures = _figures.With(eventData.TimeStamp - begin, _stoppedAt - begin);
            }
        }
    }
}
