namespace MvStore.Contracts;

/// <summary>When a pin ends by itself. Immutable; the clock is monotonic, so that setting the time of day changes nothing.</summary>
internal sealed class AgeLimit
{
    private readonly TimeProvider _time;

    // Wider than the clock, so that no limit is too long to be added.
    private readonly Int128 _end;

    /// <param name="maxAge">How long it lasts from now.</param>
    /// <param name="time">The clock.</param>
    public AgeLimit(TimeSpan maxAge, TimeProvider time)
    {
        MaxAge = maxAge;
        _time = time;
        _end = time.GetTimestamp() + ((Int128)maxAge.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
    }

    /// <summary>How long it lasts from when this was made.</summary>
    public TimeSpan MaxAge { get; }

    /// <summary>Whether it is reached. Once true it stays so.</summary>
    public bool IsReached => _time.GetTimestamp() >= _end;
}
