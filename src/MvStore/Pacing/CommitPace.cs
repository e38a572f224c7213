namespace MvStore.Pacing;

/// <summary>
/// How fast commits may go on when something they need becomes short: a bucket of bytes that fills with time. The rate is a sixteenth of the room that is left in each
/// hundredth of a second; so the less room, the slower, and however fast it is asked for, room does not run out at once but falls by half in a ninth of a second.
/// While room is made as fast as it is taken, the room settles where the rate is that at which it is made. Belongs to the gate's lock.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class CommitPace(TimeProvider time)
{
    /// <summary>The part of the room that may be taken in one <see cref="Period"/>.</summary>
    public const int Share = 16;

    /// <summary>How long it takes to fill the bucket.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    // A single large commit must not make others wait for long: what is owed is at most so many buckets.
    private const int MostOwed = 4;

    // Below it the bucket would admit next to nothing. A commit still has to fit into the room.
    private const double LeastBucket = 4_096;

    private long _since = time.GetTimestamp();
    private bool _isSlow;
    private double _bucket;
    private double _left;

    /// <summary>How many bytes may be published before commits have to wait; <see cref="long.MaxValue"/> when none has to.</summary>
    public long Left => !_isSlow ? long.MaxValue : (long)_left;

    /// <summary>How long whoever waits has to wait, when no bytes are left.</summary>
    /// <param name="reserved">What was let in and is not published yet.</param>
    public TimeSpan Wait(long reserved) => Period * Math.Clamp((reserved - _left + 1) / _bucket, 0, 1);

    /// <summary>Takes note of what was measured.</summary>
    /// <param name="isShort">Whether something is above its soft limit.</param>
    /// <param name="room">What is left.</param>
    /// <param name="published">What was published since the last call.</param>
    public void Measure(bool isShort, long room, long published)
    {
        var now = time.GetTimestamp();
        var filled = time.GetElapsedTime(_since, now) / Period;
        _since = now;
        _bucket = Math.Max((double)room / Share, LeastBucket);
        _left = isShort && _isSlow
            ? Math.Clamp(_left - published + (filled * _bucket), -MostOwed * _bucket, _bucket)
            : _bucket;
        _isSlow = isShort;
    }
}
