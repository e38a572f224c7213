using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>The log, seen from the flusher (I14, I17).</summary>
internal sealed class LogBarrier(
    LogSegments segments,
    LogQueue queue,
    LogLevel written,
    LogLevel durable,
    LogUse use,
    LogSignal signal,
    FailureLatch failure) : IFlushBarrier
{
    private readonly ChangeSignal _changed = new();

    // Owner: who has the writer's turn (I54). Release store before the change is told; the flusher acquires.
    private bool _isStalled;

    public async ValueTask<ulong> ReachAsync(ulong flushed, ulong last, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _changed.Next();
            failure.ThrowIfSet();
            var reached = written.Sequence;
            if (reached >= last)
            {
                return last;
            }

            if (reached > flushed && Volatile.Read(ref _isStalled))
            {
                return reached;
            }

            signal.Raise();
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Release(ulong sequence)
    {
        segments.Release(sequence);
        queue.MoveDurable(sequence);
        durable.MoveTo(sequence);
        use.Update();
    }

    /// <summary>Tells the flusher that the log got further, or never will.</summary>
    public void Wake() => _changed.Raise();

    /// <summary>Takes note of whether the log can go on.</summary>
    /// <param name="reason">Why it cannot; null when it can.</param>
    public void SetStalled(CommitLogException? reason)
    {
        Volatile.Write(ref _isStalled, reason is not null);
        written.LastFailure = reason;
        durable.LastFailure = reason;
        Wake();
    }
}
