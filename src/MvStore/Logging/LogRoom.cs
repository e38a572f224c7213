using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>
/// The log as something that commits may run out of (DESIGN.md 9, Room). What counts is what a flush can make free: the segments that are full, and what is not written
/// yet. The segment being written never can, so it is left out of the limit as well: with everything flushed there is room for any commit within the limit.
/// A flush is asked for when the log is half full.
/// </summary>
/// <param name="options">The bound.</param>
/// <param name="queue">What is not written yet.</param>
/// <param name="written">Knows what keeps the log from being written.</param>
/// <param name="requestFlush">Asks the flusher. Any thread; never waits.</param>
internal sealed class LogRoom(CommitLogOptions options, LogQueue queue, LogLevel written, Action requestFlush) : ICommitLimit
{
    // Bytes of the segments that are full, and of the one being written. Owner: whoever works them out, one at a time. Release store; readers acquire.
    private long _full;
    private long _last;

    // 1 while half full. Interlocked: full fence.
    private int _isHalfFull;

    /// <summary>Bytes of the log, those that are to be written included.</summary>
    public long Bytes => UsedBytes + Volatile.Read(ref _last);

    /// <inheritdoc/>
    public StallReason Reason => StallReason.Log;

    /// <inheritdoc/>
    public long LimitBytes => options.MaxBytes - options.SegmentBytes;

    /// <inheritdoc/>
    public long SoftBytes => (options.MaxBytes / 2) - options.SegmentBytes;

    /// <inheritdoc/>
    public long UsedBytes => Volatile.Read(ref _full) + queue.UnwrittenBytes;

    /// <inheritdoc/>
    public Exception? Obstacle => written.LastFailure;

    /// <inheritdoc/>
    public void AskForRoom() => requestFlush();

    /// <summary>Takes note of how many bytes the files hold.</summary>
    /// <param name="full">In segments that are full.</param>
    /// <param name="last">In the one being written.</param>
    public void MoveTo(long full, long last)
    {
        Volatile.Write(ref _full, full);
        Volatile.Write(ref _last, last);
        var isHalfFull = UsedBytes > SoftBytes;
        if (isHalfFull != (Interlocked.Exchange(ref _isHalfFull, isHalfFull ? 1 : 0) == 1) && isHalfFull)
        {
            requestFlush();
        }
    }
}
