namespace MvStore.Logging;

/// <summary>Tells that something changed: who waits takes the task first and looks afterwards, so no change is missed. Any thread.</summary>
internal sealed class ChangeSignal
{
    private readonly object _gate = new();

    // Owned by _gate. There only while somebody waits.
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next change.</summary>
    public Task Next()
    {
        lock (_gate)
        {
            return (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Tells of a change.</summary>
    public void Raise()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            (next, _next) = (_next, null);
        }

        next?.SetResult();
    }
}
