namespace MvStore.AotSmoke;

/// <summary>Counts rows that were flushed. Called by one thread at a time.</summary>
internal sealed class SmokeListener : IFlushListener
{
    // Owner: the store's task for listeners, which ends before the store is closed. Interlocked: full fence.
    private long _rows;

    /// <summary>Rows that were flushed.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    public void OnFlush(FlushEvent flushEvent) => Interlocked.Add(ref _rows, flushEvent.Rows);
}
