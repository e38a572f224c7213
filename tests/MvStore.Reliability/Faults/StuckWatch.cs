namespace MvStore.Reliability.Faults;

/// <summary>Cancels what waits for a flush that fails again and again. The store would go on trying for as long as it takes.</summary>
internal sealed class StuckWatch : IFlushListener, IDisposable
{
    private const int EnoughAttempts = 3;

    private volatile CancellationTokenSource _current = new(); // replaced by the script, cancelled by the listener

    /// <summary>The token of the next step.</summary>
    public CancellationToken Next()
    {
        if (_current.IsCancellationRequested)
        {
            // Not disposed: a late event may still meet it.
            _current = new CancellationTokenSource();
        }

        return _current.Token;
    }

    public void OnFlush(FlushEvent flushEvent)
    {
        if (flushEvent.Stage == FlushStage.Failed && flushEvent.Attempt >= EnoughAttempts)
        {
            _current.Cancel();
        }
    }

    public void Dispose() => _current.Dispose();
}
