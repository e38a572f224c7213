namespace MvStore.GarbageCollection;

/// <summary>
/// The two clocks of <see cref="VersionMoment"/>. While the store is open, ages are counted by a monotonic clock, so that setting the time of day ages nothing; while it is closed
/// there is only the time of day to go by, and what it went back counts as nothing. The time of day is told as it is, except that it waits where it went back. Not safe for
/// concurrent use.
/// </summary>
internal sealed class VersionClock
{
    private readonly TimeProvider _time;
    private readonly long _openedAt; // on the monotonic clock
    private readonly long _ageThen;  // by what was known then
    private long _age;               // the highest told so far
    private long _utc;               // the highest told so far

    /// <param name="time">The clock.</param>
    /// <param name="last">The last moment known of an earlier run; null if there was none.</param>
    public VersionClock(TimeProvider time, VersionMoment? last)
    {
        _time = time;
        _openedAt = time.GetTimestamp();
        var utc = time.GetUtcNow().UtcTicks;
        _utc = Math.Max(utc, last?.Utc ?? 0);
        _ageThen = last is { } known ? known.Age + Math.Max(0, utc - known.Utc) : utc;
    }

    /// <summary>This moment; on neither clock before an earlier one.</summary>
    public VersionMoment Now()
    {
        _utc = Math.Max(_utc, _time.GetUtcNow().UtcTicks);
        _age = Math.Max(_age, _ageThen + _time.GetElapsedTime(_openedAt).Ticks);
        return new VersionMoment(_age, _utc);
    }
}
