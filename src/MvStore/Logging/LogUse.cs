namespace MvStore.Logging;

/// <summary>Works out how many bytes the log takes, whenever that changes. Any thread.</summary>
/// <param name="segments">The files.</param>
/// <param name="room">Is told.</param>
internal sealed class LogUse(LogSegments segments, LogRoom room)
{
    // What is told last has to be the newest: a log that is taken for full although it is not would hold commits back for good.
    private readonly Lock _gate = new();

    // Bytes used of the segment being written. Owned by _gate.
    private long _last;

    /// <summary>Takes note of how far the segment being written is filled.</summary>
    public void Update(long last)
    {
        lock (_gate)
        {
            _last = last;
            Tell();
        }
    }

    /// <summary>Takes note of segments that came or went.</summary>
    public void Update()
    {
        lock (_gate)
        {
            Tell();
        }
    }

    private void Tell() => room.MoveTo(segments.FullBytes, _last);
}
