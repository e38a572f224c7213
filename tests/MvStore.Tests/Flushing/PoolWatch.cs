using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace MvStore.Tests.Flushing;

/// <summary>
/// Counts the long arrays that the process takes from the runtime's shared pools, and those it gives back. For tests that run alone.
/// </summary>
/// <param name="length">The length of arrays that count.</param>
internal sealed class PoolWatch(int length) : EventListener
{
    private const string Source = "System.Buffers.ArrayPoolEventSource";
    private const string Rented = "BufferRented";
    private const string Returned = "BufferReturned";
    private const int LengthOfArray = 1;

    private readonly ConcurrentQueue<string> _events = new();

    public int RentedCount => _events.Count(e => e == Rented);

    public int ReturnedCount => _events.Count(e => e == Returned);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData is { EventName: Rented or Returned, Payload: { } payload } && payload[LengthOfArray] is int of && of == length)
        {
            _events.Enqueue(eventData.EventName);
        }
    }
}
