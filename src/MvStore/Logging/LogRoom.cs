using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>
/// Keeps the log within its size: asks for a flush when it is half full, and holds commits back when it is full. A commit that was let in is never held back
/// again, so the bound is exceeded by at most what was let in at once. Why nobody waits for ever: with everything flushed only the segment being written is
/// left, which is a quarter of the bound at most; and whoever finds the log full asks for a flush after it has queued up, so that a flush that ends
/// later finds it.
/// </summary>
/// <param name="options">The bound, and how long to wait.</param>
/// <param name="queue">What is not written yet counts as well.</param>
/// <param name="requestFlush">Asks the flusher. Any thread; never waits.</param>
/// <param name="failure">Nobody waits once it is set.</param>
/// <param name="time">The clock.</param>
internal sealed class LogRoom(CommitLogOptions options, LogQueue queue, Action requestFlush, FailureLatch failure, TimeProvider time) : ICommitAdmission
{
    private readonly ChangeSignal _changed = new();

    // Owner: the first to close, by compare-and-swap (full fence). Readers acquire.
    private Exception? _closed;

    // Bytes in files that count. Owner: whoever works them out, one at a time. Release store; readers acquire.
    private long _written;

    // 1 while half full. Interlocked: full fence.
    private int _isHalfFull;

    /// <summary>Bytes of the log, those that are to be written included.</summary>
    public long Bytes => Volatile.Read(ref _written) + queue.WaitingBytes;

    public bool TryEnter() => Bytes < options.MaxBytes;

    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var changed = _changed.Next();
            failure.ThrowIfSet();
            if (Volatile.Read(ref _closed) is { } closed)
            {
                throw closed;
            }

            if (TryEnter())
            {
                return;
            }

            requestFlush();
            try
            {
                var left = options.MaxWait == Timeout.InfiniteTimeSpan ? options.MaxWait : options.MaxWait - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero && left != Timeout.InfiniteTimeSpan)
                {
                    throw new CommitLogFullException(options.MaxBytes, time.GetElapsedTime(began));
                }

                await changed.WaitAsync(left, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw new CommitLogFullException(options.MaxBytes, time.GetElapsedTime(began));
            }
        }
    }

    /// <summary>Takes note of how many bytes the files hold.</summary>
    public void MoveTo(long written)
    {
        Volatile.Write(ref _written, written);
        var isHalfFull = Bytes >= options.MaxBytes / 2;
        if (isHalfFull != (Interlocked.Exchange(ref _isHalfFull, isHalfFull ? 1 : 0) == 1) && isHalfFull)
        {
            requestFlush();
        }

        if (TryEnter())
        {
            _changed.Raise();
        }
    }

    /// <summary>Ends every wait, now and later.</summary>
    public void Close(Exception reason)
    {
        Interlocked.CompareExchange(ref _closed, reason, null);
        _changed.Raise();
    }
}
