namespace MvStore.Logging;

/// <summary>
/// Wakes the writer. Any thread raises it; one waits. Raising it again before the writer has looked costs one interlocked operation. Holds no resource to
/// dispose: a timer may raise it at any time, also while the log is being closed.
/// </summary>
internal sealed class LogSignal
{
    private readonly SemaphoreSlim _wakeUps = new(0);

    // 1 while a wake-up waits. Owner: anyone sets, the writer clears before it looks for work. Interlocked: full fence.
    private int _raised;

    /// <summary>Wakes the writer.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref _raised, 1) == 0)
        {
            _wakeUps.Release();
        }
    }

    /// <summary>Waits until it is raised. What is raised from here on wakes the writer again.</summary>
    public void Wait()
    {
        _wakeUps.Wait();
        Interlocked.Exchange(ref _raised, 0);
    }
}
