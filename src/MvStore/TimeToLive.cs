namespace MvStore;

/// <summary>
/// For how long keys live (contract E5). A key whose time is over is removed by a commit, at a version from the store's <see cref="IVersionProvider"/>: open snapshots keep it, listeners
/// are told, history shows when it went. Never earlier than said; later by the interval of runs, and by what <see cref="Retention.TimeToLive"/> says. Immutable and safe from any thread.
/// </summary>
public sealed class TimeToLive
{
    /// <summary>Says for how long.</summary>
    /// <param name="duration">How long a key lives at least. Positive.</param>
    /// <param name="from">From when on its time counts.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive, or <paramref name="from"/> is not one of its values.</exception>
    public TimeToLive(TimeSpan duration, TimeToLiveStart from = TimeToLiveStart.LastUpdate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        if (!Enum.IsDefined(from))
        {
            throw new ArgumentOutOfRangeException(nameof(from), from, "Not a start of a time to live.");
        }

        Duration = duration;
        From = from;
    }

    /// <summary>How long a key lives at least.</summary>
    public TimeSpan Duration { get; }

    /// <summary>From when on its time counts.</summary>
    public TimeToLiveStart From { get; }
}
