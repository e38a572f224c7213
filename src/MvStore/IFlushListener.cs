namespace MvStore;

/// <summary>
/// Is told of every flush, in order, by one task of its own: a slow or throwing listener delays and harms nobody but itself (contract
/// D7). Beyond 1,024 waiting events the oldest are dropped, which shows as a gap in <see cref="FlushEvent.Number"/>. Exceptions are
/// logged.
/// </summary>
public interface IFlushListener
{
    /// <summary>Takes one event. Called by one thread at a time.</summary>
    /// <param name="flushEvent">The event.</param>
    void OnFlush(FlushEvent flushEvent);
}
