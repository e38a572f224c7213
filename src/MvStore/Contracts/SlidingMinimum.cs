namespace MvStore.Contracts;

/// <summary>
/// The lowest version in a queue, in constant time, and behind any place in it: the monotonic-deque method. The deque is a ring that grows, because ascending
/// versions all stay in it. Not safe for concurrent use.
/// </summary>
internal sealed class SlidingMinimum
{
    // Ascending from _first on, in both. The length is a power of two.
    private (ulong Version, long Place)[] _ring = new (ulong, long)[16];
    private int _first;
    private int _count;

    // Places are numbered from 0 on, for ever.
    private long _joined;
    private long _left;

    /// <summary>The lowest version in the queue, or null when it is empty.</summary>
    public CommitVersion? Minimum => _count == 0 ? null : _ring[_first].Version;

    /// <summary>The lowest version behind the first few in the queue; null when there is none behind them.</summary>
    /// <param name="skipped">How many are left out at the front.</param>
    public CommitVersion? MinimumBehind(int skipped)
    {
        // The ring holds, for each place, the lowest version from there on: at the first place that is not before it.
        var place = _left + skipped;
        var low = 0;
        var high = _count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (_ring[IndexOf(middle)].Place < place)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _count ? _ring[IndexOf(low)].Version : null;
    }

    /// <summary>A version joins at the back.</summary>
    public void Enqueue(CommitVersion version)
    {
        while (_count > 0 && _ring[IndexOf(_count - 1)].Version > version.Value)
        {
            _count--;
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[IndexOf(_count++)] = (version.Value, _joined++);
    }

    /// <summary>A version leaves at the front.</summary>
    public void Dequeue(CommitVersion version)
    {
        if (_count > 0 && _ring[_first].Version == version.Value)
        {
            _first = IndexOf(1);
            _count--;
        }

        _left++;
    }

    private int IndexOf(int position) => (_first + position) & (_ring.Length - 1);

    private void Grow()
    {
        var grown = new (ulong, long)[checked(_ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            grown[i] = _ring[IndexOf(i)];
        }

        _ring = grown;
        _first = 0;
    }
}
