namespace MvStore.Logging;

/// <summary>
/// Wakes the writer. Any thread raises it; one waits. Raising it again before the writer has looked costs one interlocked operation. Holds no resource to
/// dispose: a timer may raise it at any time, also while the log is being closed.
/// </summary>
internal sealed class LogSignal
{
    // Who was let go by a sync commits again within microseconds, so looking a few times often saves a sleep; more often than that only while somebody is.
    private const int Looks = 35;
    private const int MostLooks = 150;

    private readonly object _gate = new();

    // 1 while a wake-up waits. Owner: anyone sets, the writer clears before it looks for work. Interlocked: full fence.
    private int _raised;

    /// <summary>Wakes the writer.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref _raised, 1) == 0)
        {
            // Under the lock: the writer has either seen the word or sleeps.
            lock (_gate)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Waits until it is raised. What is raised from here on wakes the writer again.</summary>
    /// <param name="looksLonger">Whether it is likely to be raised very soon.</param>
    public void Wait(bool looksLonger)
    {
        var spin = default(SpinWait);
        var looks = looksLonger ? MostLooks : Looks;
        while (Volatile.Read(ref _raised) == 0 && spin.Count < looks)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        lock (_gate)
        {
            while (Volatile.Read(ref _raised) == 0)
            {
                Monitor.Wait(_gate);
            }
        }

        Interlocked.Exchange(ref _raised, 0);
    }
}
