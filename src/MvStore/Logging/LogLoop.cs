namespace MvStore.Logging;

/// <summary>
/// Runs the writer's steps on a thread of its own: its waits for the disk must take no thread from the pool, whose threads may all be waiting for it.
/// </summary>
internal sealed class LogLoop(LogWriter writer, LogTurn turn, LogSignal signal, TimeProvider time)
{
    // The clock may stand still.
    private const int MostSpins = 1_000;

    // About a sync of a fast disk: to wait longer for more waiters would cost more than another sync.
    private static readonly TimeSpan MostGathering = TimeSpan.FromMicroseconds(100);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Owner: whoever closes. Release store; the loop acquires.
    private bool _closing;

    /// <summary>Completes when the loop has ended; never fails.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Starts the loop.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "MvStore commit log" }.Start();

    /// <summary>Lets the loop write and sync what waits, and end.</summary>
    public void RequestEnd()
    {
        Volatile.Write(ref _closing, true);
        signal.Raise();
    }

    private void Run()
    {
        bool goesOn;
        do
        {
            signal.Wait(looksLonger: writer.LastWoken > 0);
            var isLast = Volatile.Read(ref _closing);
            goesOn = Step(isLast) && !isLast;
        }
        while (goesOn);
        _ended.SetResult();
    }

    private bool Step(bool isLast)
    {
        var goesOn = turn.Begin();
        try
        {
            if (goesOn)
            {
                Gather();
                goesOn = writer.Step(always: isLast);
            }
        }
        finally
        {
            turn.End(isOver: isLast || !goesOn);
        }

        return goesOn;
    }

    // Those who were let go by the last sync commit again a few microseconds later, one after the other. Without waiting for them every other sync would be for
    // the first one alone.
    private void Gather()
    {
        var began = time.GetTimestamp();
        var spin = default(SpinWait);
        while (writer.Waiting > 0 && writer.Waiting < writer.LastWoken && spin.Count < MostSpins && time.GetElapsedTime(began) < MostGathering)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
