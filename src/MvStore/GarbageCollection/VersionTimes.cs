using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Remembers when which version was the visible one, in bounded memory (DESIGN.md 3, Times of versions). Samples are thinned as they age: two of them lie at most a fraction of
/// their age apart, as far as that many were taken, so a moment is told within that fraction. Leaving one out makes the answer older, never newer: more is kept. Another one remembers
/// in the same way when which publication was the last: what is said of versions here holds for sequences there. Safe from any thread.
/// </summary>
internal sealed class VersionTimes : IVisibilityListener, IDisposable
{
    /// <summary>The most samples that are kept.</summary>
    internal const int Capacity = 4_096;

    private const int FirstCapacity = 64;

    // Thinning leaves no gap above this fraction of its age that was not there, and of any two gaps in a row one longer: from a nanosecond to a century that
    // is at most 2 * 40 * ln(3e18) = 3,400 samples.
    private const int Fineness = 40;

    private readonly VersionClock _clock;
    private readonly TimeSpan _resolution;
    private readonly ITimer? _timer; // null when every version is timed
    private readonly Action _look;   // lets Look be called inside the sequencer's critical section
    private readonly Lock _gate = new();

    private bool _isBegun;    // owned by the sequencer's critical section
    private bool _isSampling; // owned by the sequencer's critical section: the timer runs, and will look

    // All owned by _gate. Ascending; a sample says that by then its version was visible.
    private VersionSample[] _samples;
    private int _count;
    private bool _isChanged;  // since they were taken to be stored
    private bool _isDisposed;

    /// <param name="time">The clock.</param>
    /// <param name="stored">What an earlier run stored; null in a new store.</param>
    /// <param name="resolution">How long after a version was timed the next one is; zero to time each.</param>
    /// <param name="look">Calls <see cref="Look"/> inside the sequencer's critical section. May be null if the resolution is zero.</param>
    public VersionTimes(TimeProvider time, StoredTimes? stored, TimeSpan resolution, Action? look = null)
    {
        _clock = new VersionClock(time, stored?.TakenAt);
        _samples = stored?.Samples.ToArray() ?? [];
        _count = _samples.Length;
        _resolution = resolution;
        _look = look ?? (() => { });
        _timer = resolution > TimeSpan.Zero
            ? time.CreateTimer(static times => ((VersionTimes)times!)._look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)
            : null;
    }

    /// <summary>How many samples there are. For tests.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>
    /// What was recovered is visible now. What is remembered of versions above it is forgotten: they are lost, and may be given to other commits. Once, before anything is
    /// asked; what is published earlier is published anew and has its time from this call.
    /// </summary>
    /// <returns>Whether something was forgotten: then what is stored is wrong once those versions are given to others, and has to be stored anew before.</returns>
    public bool Begin(CommitVersion recovered)
    {
        lock (_gate)
        {
            var known = _count;
            while (_count > 0 && _samples[_count - 1].Version > recovered)
            {
                _count--;
            }

            var hasForgotten = _count < known;
            _isChanged |= hasForgotten;

            Sample(recovered);
            _isBegun = true;
            return hasForgotten;
        }
    }

    /// <inheritdoc/>
    public void Advance(CommitVersion visible)
    {
        if (_isSampling || !_isBegun)
        {
            return;
        }

        lock (_gate)
        {
            Sample(visible);
            Restart();
        }
    }

    /// <summary>Times what became visible since the last look. Inside the sequencer's critical section, like <see cref="Advance"/>.</summary>
    public void Look(CommitVersion visible)
    {
        if (!_isBegun)
        {
            return;
        }

        lock (_gate)
        {
            if (visible > _samples[_count - 1].Version)
            {
                Sample(visible);
                Restart();
            }
            else
            {
                _isSampling = false;
            }
        }
    }

    /// <summary>A version that was visible some time ago; the highest as far as is known.</summary>
    public CommitVersion VisibleBefore(TimeSpan age)
    {
        lock (_gate)
        {
            var limit = (Int128)_clock.Now().Age - age.Ticks;
            return LastBefore(limit, static sample => sample.At.Age) is { } found ? found.Version : CommitVersion.Zero;
        }
    }

    /// <summary>The highest version, as far as is known, that was visible at a time of day; null before the first that is known, and for what is not over yet.</summary>
    /// <param name="utcTicks">The time, as ticks of UTC.</param>
    /// <param name="isOver">Whether that moment has passed; if not, it is the present that was asked for.</param>
    public CommitVersion? VisibleAt(long utcTicks, out bool isOver)
    {
        lock (_gate)
        {
            isOver = utcTicks < _clock.Now().Utc;
            return isOver ? LastBefore(utcTicks, static sample => sample.At.Utc)?.Version : null;
        }
    }

    /// <summary>The time of the first sample, as ticks of UTC.</summary>
    public long EarliestUtcTicks
    {
        get
        {
            lock (_gate)
            {
                return _samples[0].At.Utc;
            }
        }
    }

    /// <summary>A copy to be stored; null if nothing is new since the last one.</summary>
    public StoredTimes? TakeChanged()
    {
        lock (_gate)
        {
            if (!_isChanged)
            {
                return null;
            }

            _isChanged = false;
            return new StoredTimes(_clock.Now(), _samples.AsSpan(0, _count).ToArray());
        }
    }

    /// <summary>A copy that was taken was not stored.</summary>
    public void NoteNotStored()
    {
        lock (_gate)
        {
            _isChanged = true;
        }
    }

    /// <summary>Stops the timer. What is known can still be asked.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    private void Restart()
    {
        if (_timer is not null && !_isDisposed)
        {
            _isSampling = true;
            _timer.Change(_resolution, Timeout.InfiniteTimeSpan);
        }
    }

    private VersionSample? LastBefore(Int128 limit, Func<VersionSample, long> at)
    {
        var low = 0;
        var high = _count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (at(_samples[middle]) <= limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : _samples[low - 1];
    }

    private void Sample(CommitVersion visible)
    {
        if (_count > 0 && visible <= _samples[_count - 1].Version)
        {
            return;
        }

        // A store that has never held anything has nothing to remember.
        _isChanged |= visible > CommitVersion.Zero;
        var now = _clock.Now();
        if (_count > 0 && now.Age <= _samples[_count - 1].At.Age)
        {
            _samples[_count - 1] = new VersionSample(now, visible);
            return;
        }

        if (_count == Capacity)
        {
            Thin(now.Age);
        }
        else if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, Math.Clamp(2 * _count, FirstCapacity, Capacity));
        }

        _samples[_count++] = new VersionSample(now, visible);
    }

    private void Thin(long now)
    {
        var kept = _count - 1;
        for (var i = _count - 2; i >= 0; i--)
        {
            // It goes if what is left on both sides of it is close enough without it. The oldest stays: nothing older could answer for it.
            if (i == 0 || _samples[kept].At.Age - _samples[i - 1].At.Age > (now - _samples[i - 1].At.Age) / Fineness)
            {
                _samples[--kept] = _samples[i];
            }
        }

        // So many are left only if the clock spans more than a century; then the oldest go.
        kept = Math.Max(kept, Capacity / 8);
        _count -= kept;
        Array.Copy(_samples, kept, _samples, 0, _count);
    }
}
