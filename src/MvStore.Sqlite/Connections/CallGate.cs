namespace MvStore.Sqlite.Connections;

/// <summary>Lets calls in until it closes, and tells when the last one has left.</summary>
internal sealed class CallGate
{
    private readonly Lock _lock = new();
    private int _inside;  // under _lock
    private bool _closed; // under _lock, never reset

    // Set once, when the gate is closed and nobody is inside.
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Enters; leave by <see cref="Leave"/>.</summary>
    public void Enter(object owner)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _inside++;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0 && _closed)
            {
                _empty.SetResult();
            }
        }
    }

    /// <summary>Lets nobody in any more and waits for those inside. Once.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_inside == 0)
            {
                _empty.SetResult();
            }
        }

        return _empty.Task;
    }
}
