namespace MvStore.Sqlite.Connections;

/// <summary>Lets calls in until it closes, and tells when the last one has left. One interlocked operation each way: every read passes it twice.</summary>
internal sealed class CallGate
{
    private const int Closed = int.MinValue;

    private int _inside; // calls inside, and the closed bit; anyone, interlocked

    // Set when the gate is closed and nobody is inside.
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Enters; leave by <see cref="Leave"/>.</summary>
    public void Enter(object owner)
    {
        if (Interlocked.Increment(ref _inside) < 0)
        {
            Leave();
            throw new ObjectDisposedException(owner.GetType().FullName);
        }
    }

    public void Leave()
    {
        // Whoever was turned away leaves too, perhaps last; so this can be said more than once.
        if (Interlocked.Decrement(ref _inside) == Closed)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Lets nobody in any more and waits for those inside. Once.</summary>
    public Task CloseAsync()
    {
        if (Interlocked.Or(ref _inside, Closed) == 0)
        {
            _empty.TrySetResult();
        }

        return _empty.Task;
    }
}
