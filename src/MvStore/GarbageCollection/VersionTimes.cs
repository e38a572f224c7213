using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Remembers when which version was the visible one, in bounded memory. Samples are thinned as they age: two of them lie at most a fraction of their age
/// apart, as far as that many were taken, so a moment is told within that fraction. Leaving one out makes the answer older, never newer: more is kept. What was
/// recovered counts as visible since the store was opened. Safe from any thread.
/// </summary>
internal sealed class VersionTimes : IVisibilityListener
{
    /// <summary>The most samples that are kept.</summary>
    internal const int Capacity = 4_096;

    // Thinning leaves no gap above this fraction of its age that was not there, and of any two gaps in a row one longer: from a nanosecond to a century that
    // is at most 2 * 40 * ln(3e18) = 3,400 samples.
    private const int Fineness = 40;

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // All owned by _gate. Ascending in both; a sample says that by then its version was visible.
    private readonly long[] _at = new long[Capacity];
    private readonly CommitVersion[] _visible = new CommitVersion[Capacity];
    private int _count;

    /// <param name="time">The clock; only its timestamps are used, so that setting the time of day changes nothing.</param>
    /// <param name="recovered">The version that is visible now.</param>
    public VersionTimes(TimeProvider time, CommitVersion recovered)
    {
        _time = time;
        Add(time.GetTimestamp(), recovered);
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

    /// <inheritdoc/>
    public void Advance(CommitVersion visible)
    {
        lock (_gate)
        {
            if (visible <= _visible[_count - 1])
            {
                return;
            }

            var now = _time.GetTimestamp();
            if (now <= _at[_count - 1])
            {
                _visible[_count - 1] = visible;
                return;
            }

            if (_count == Capacity)
            {
                Thin(now);
            }

            Add(now, visible);
        }
    }

    /// <summary>A version that was visible some time ago; the highest as far as is known.</summary>
    public CommitVersion VisibleBefore(TimeSpan age)
    {
        lock (_gate)
        {
            var limit = _time.GetTimestamp() - ((Int128)age.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);
            if (limit < _at[0])
            {
                return CommitVersion.Zero;
            }

            var found = Array.BinarySearch(_at, 0, _count, (long)limit);
            return _visible[found >= 0 ? found : ~found - 1];
        }
    }

    private void Add(long at, CommitVersion visible)
    {
        _at[_count] = at;
        _visible[_count++] = visible;
    }

    private void Thin(long now)
    {
        var kept = _count - 1;
        for (var i = _count - 2; i >= 0; i--)
        {
            // It goes if what is left on both sides of it is close enough without it. The oldest stays: nothing older could answer for it.
            if (i == 0 || _at[kept] - _at[i - 1] > (now - _at[i - 1]) / Fineness)
            {
                kept--;
                (_at[kept], _visible[kept]) = (_at[i], _visible[i]);
            }
        }

        // So many are left only if the clock spans more than a century; then the oldest go.
        kept = Math.Max(kept, Capacity / 8);
        _count -= kept;
        Array.Copy(_at, kept, _at, 0, _count);
        Array.Copy(_visible, kept, _visible, 0, _count);
    }
}
