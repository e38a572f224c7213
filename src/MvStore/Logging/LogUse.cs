namespace MvStore.Logging;

/// <summary>Works out how many bytes the log takes, whenever that changes. Any thread.</summary>
/// <param name="segments">The files.</param>
/// <param name="segmentBytes">The length of one.</param>
/// <param name="room">Is told.</param>
internal sealed class LogUse(LogSegments segments, int segmentBytes, LogRoom room)
{
    // Bytes used of the segment being written. Owner: the writer. Release store; readers acquire.
    private long _last;

    /// <summary>Takes note of how far the segment being written is filled.</summary>
    public void Update(long last)
    {
        Volatile.Write(ref _last, last);
        Update();
    }

    /// <summary>Takes note of segments that came or went.</summary>
    public void Update() => room.MoveTo(((long)(segments.LiveCount - 1) * segmentBytes) + Volatile.Read(ref _last));
}
