namespace MvStore.Reliability.Faults;

/// <summary>Cancels what waits for a flush, or for a full commit log, that fails again and again. The store would go on trying for as long as it takes.</summary>
internal sealed class StuckWatch : IFlushListener, IDisposable
{
    private const int EnoughAttempts = 3;

    private volatile CancellationTokenSource _current = new(); // replaced by the script, cancelled by the listener

    private int _refused; // interlocked; how often the log was refused since the step began

    /// <summary>The token of the next step.</summary>
    public CancellationToken Next()
    {
        Interlocked.Exchange(ref _refused, 0);
        if (_current.IsCancellationRequested)
        {
            // Not disposed: a late event may still meet it.
            _current = new CancellationTokenSource();
        }

        return _current.Token;
    }

    /// <summary>Takes note that the disk had no room for the log.</summary>
    public void OnRefused()
    {
        if (Interlocked.Increment(ref _refused) >= EnoughAttempts)
        {
            _current.Cancel();
        }
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
