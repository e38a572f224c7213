namespace MvStore.Contracts;

/// <summary>
/// When a pin ends by itself. The clock is monotonic, so that setting the time of day changes nothing. It can be moved on as long as nobody has found it
/// reached: who finds it reached makes that final before it goes by it (I28). Safe from any thread.
/// </summary>
internal sealed class AgeLimit
{
    private const long Reached = long.MinValue;

    private readonly TimeProvider _time;

    // A timestamp, or Reached for good. Owner: anyone, by compare-and-swap (full fence); an acquire load otherwise.
    private long _end;

    // How long it lasted when it was last set, in ticks. Owner: who moves it on, after the end was moved. Release store, acquire load; for lists only.
    private long _lasts;

    /// <param name="maxAge">How long it lasts from now.</param>
    /// <param name="time">The clock.</param>
    public AgeLimit(TimeSpan maxAge, TimeProvider time)
    {
        _time = time;
        _lasts = maxAge.Ticks;
        _end = EndOf(maxAge);
    }

    /// <summary>How long it lasts from when it was made or last moved on.</summary>
    public TimeSpan MaxAge => new(Volatile.Read(ref _lasts));

    /// <summary>Whether it is reached. Once true it stays so.</summary>
    public bool IsReached
    {
        get
        {
            while (true)
            {
                var end = Volatile.Read(ref _end);
                if (end == Reached)
                {
                    return true;
                }

                if (_time.GetTimestamp() < end)
                {
                    return false;
                }

                // Somebody may have moved it on since it was read: then look again.
                if (Interlocked.CompareExchange(ref _end, Reached, end) == end)
                {
                    return true;
                }
            }
        }
    }

    /// <summary>Lets it last some time from now, also if that is shorter; not if it was reached.</summary>
    /// <param name="maxAge">How long.</param>
    /// <returns>False when it was reached.</returns>
    public bool TryMoveOn(TimeSpan maxAge)
    {
        while (!IsReached)
        {
            var end = Volatile.Read(ref _end);
            if (end != Reached && Interlocked.CompareExchange(ref _end, EndOf(maxAge), end) == end)
            {
                Volatile.Write(ref _lasts, maxAge.Ticks);
                return true;
            }
        }

        return false;
    }

    // No limit is too long: one beyond the clock is its end.
    private long EndOf(TimeSpan maxAge)
        => (long)Int128.Min(long.MaxValue, _time.GetTimestamp() + ((Int128)maxAge.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond));
}
